import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Puts the distribution together in {@code target/naru}: launchers, libraries, monitor and resolver, a Java runtime of just the
 * modules that are used, and an ahead-of-time cache for each program from a training run of it.
 *
 * <p>Run as {@code java Assemble.java MODULE TARGET} by the module's build.
 */
final class Assemble {
    private static final String MODULES = "java.base,java.logging,java.net.http,java.sql,jdk.net,jdk.unsupported";
    private static final String ENCODER = "libnaru-deflate.so";
    /** Stands in options for where the distribution is. */
    private static final String HOME = "@home@";
    private static final List<String> COMMON = List.of(
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            // The cache is mapped where it was made for: elsewhere each of its pages is changed, and is the process's own.
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0",
            "-Xlog:disable",
            // The one there is; else each library is opened to look for another.
            "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider",
            "--enable-native-access=ALL-UNNAMED");
    private static final Program NARUD = new Program(
            "narud",
            // The libraries for buckets are looked at only by who asks for one.
            "for each; do case $each in --s3-*) s3=\":$home/lib/s3/*\" ;; esac; done\n",
            "dev.naru.daemon.Narud",
            List.of(
                    // The second compiler would cost memory, and processors while something starts; what it is good for,
                    // compressing and hashing, is done natively.
                    "-XX:TieredStopAtLevel=1",
                    "-Xms8m",
                    "-Xss256k",
                    "-XX:MinHeapFreeRatio=5",
                    "-XX:MaxHeapFreeRatio=10",
                    // What a collection frees goes back at once, not with the fourth one after it.
                    "-XX:-ShrinkHeapInSteps",
                    // The compiler's memory goes back to the machine; glibc keeps it otherwise.
                    "-XX:TrimNativeHeapInterval=20000",
                    "-XX:ReservedCodeCacheSize=32m"),
            List.of("dev.naru.daemon.Training"),
            // Archives in bzip2 and xz are read with commons-compress, which needs commons-io for it.
            List.of("naru-cli", "naru-client", "commons-codec-", "commons-lang3-"));
    private static final Program NARU = new Program(
            "naru",
            // A registry is a server as the engine is one, with the engine's libraries.
            "[ \"${1:-}\" = registry ] && exec \"$home/bin/narud\" \"$@\"\n",
            "dev.naru.cli.Naru", List.of("-XX:TieredStopAtLevel=1", "-Xms16m", "-Xmn12m", "-Xmx256m", "-Xss512k", "-Djdk.reflect.useNativeAccessorOnly=true"), List.of("dev.naru.cli.Training"),
            List.of("bcrypt-", "bytes-", "naru-api", "naru-buildkit", "naru-daemon", "naru-engine", "naru-image", "naru-monitor", "naru-network", "naru-registry-server", "naru-runtime", "naru-volume", "nimbus-", "sqlite-", "zstd-"));

    private final Path module;
    private final Path target;
    private final Path home;

    private Assemble(Path module, Path target) {
        this.module = module;
        this.target = target;
        this.home = target.resolve("naru");
    }

    public static void main(String[] arguments) throws Exception {
        new Assemble(Path.of(arguments[0]), Path.of(arguments[1])).run();
    }

    /**
     * @param first shell lines that the launcher begins with
     * @param training the main class whose run fills the cache, with its arguments
     * @param without libraries that it does not need, by the beginning of their names
     */
    private record Program(
            String name, String first, String mainClass, List<String> options, List<String> training, List<String> without) {}

    private void run() throws Exception {
        for (String directory : List.of("bin", "lib", "libexec")) {
            deleteTree(home.resolve(directory));
            Files.createDirectories(home.resolve(directory));
        }
        copyLibraries();
        copyS3();
        copyNative();
        copyEncoder();
        unpackNatives();
        link();
        for (Program program : List.of(NARUD, NARU)) {
            launcher(program);
            train(program);
        }
    }

    private void copyLibraries() throws IOException {
        try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
            for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Files.copy(jar, home.resolve("lib").resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void copyS3() throws IOException {
        Path to = Files.createDirectories(home.resolve("lib/s3"));
        try (Stream<Path> jars = Files.list(target.resolve("lib-s3"))) {
            for (Path jar : jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Files.copy(jar, to.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void copyNative() throws IOException {
        for (String name : List.of("naru-monitor", "naru-resolver", "naru-relay")) {
            Path installed = home.resolve("libexec").resolve(name);
            Files.copy(
                    module.resolve("../monitor/target/native").resolve(name),
                    installed,
                    StandardCopyOption.REPLACE_EXISTING);
            executable(installed);
        }
    }

    /** The encoder of layers; found by a property, as the libraries' native parts are. */
    private void copyEncoder() throws IOException {
        Files.copy(
                module.resolve("../monitor/target/native").resolve(ENCODER),
                home.resolve("lib").resolve(ENCODER),
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** The libraries' native parts, which they would otherwise unpack to a temporary directory at each start. */
    private void unpackNatives() throws IOException {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        unpack("sqlite-jdbc-", "org/sqlite/native/Linux/" + (arm ? "aarch64" : "x86_64") + "/", "libsqlitejdbc.so");
        unpack("zstd-jni-", "linux/" + (arm ? "aarch64" : "amd64") + "/", "libzstd-jni.so");
    }

    private void unpack(String jarPrefix, String directory, String name) throws IOException {
        String jar = allJars().stream().filter(file -> file.startsWith(jarPrefix)).findFirst().orElseThrow();
        try (var zip = new ZipFile(home.resolve("lib").resolve(jar).toFile())) {
            ZipEntry entry = zip.stream()
                    .filter(file -> file.getName().startsWith(directory) && file.getName().endsWith(".so"))
                    .findFirst()
                    .orElseThrow();
            Files.copy(zip.getInputStream(entry), home.resolve("lib").resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void link() throws IOException {
        Path runtime = home.resolve("runtime");
        // Linking takes long, so a runtime stays until its modules change.
        Path made = runtime.resolve("modules.txt");
        if (Files.exists(made) && Files.readString(made).equals(MODULES)) {
            return;
        }
        deleteTree(runtime);
        int code = ToolProvider.findFirst("jlink")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "--add-modules",
                        MODULES,
                        "--no-header-files",
                        "--no-man-pages",
                        "--strip-debug",
                        "--output",
                        runtime.toString());
        if (code != 0) {
            throw new IllegalStateException("jlink ended with " + code);
        }
        Files.writeString(made, MODULES);
    }

    private List<String> jars(Program program) throws IOException {
        return allJars().stream()
                .filter(name -> program.without().stream().noneMatch(name::startsWith))
                .toList();
    }

    private List<String> allJars() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .sorted(Comparator.comparing((String name) -> !name.startsWith("naru-")).thenComparing(name -> name))
                    .toList();
        }
    }

    private void launcher(Program program) throws IOException {
        var classPath = new StringBuilder();
        for (String jar : jars(program)) {
            classPath.append(classPath.isEmpty() ? "" : ":").append("$home/lib/").append(jar);
        }
        var options = new ArrayList<>(COMMON);
        options.addAll(program.options());
        String text =
                """
                #!/bin/sh
                self=$0
                [ -L "$self" ] && self=$(readlink -f "$self")
                home=$(cd "${self%%/*}/.." && pwd -P)
                s3=
                %sexec "$home/runtime/bin/java" -XX:AOTCache="$home/lib/%s.aot" %s ${NARU_JAVA_OPTIONS:-} -Dnaru.home="$home" -Dnaru.monitor="$home/libexec/naru-monitor" -Dorg.sqlite.lib.path="$home/lib" -Dorg.sqlite.lib.name=libsqlitejdbc.so -DZstdNativePath="$home/lib/libzstd-jni.so" -Dnaru.deflate="$home/lib/libnaru-deflate.so" -cp "%s$s3" %s "$@"
                """
                        .formatted(program.first(), program.name(), String.join(" ", options).replace(HOME, "\"$home\""), classPath, program.mainClass());
        Path file = home.resolve("bin").resolve(program.name());
        Files.writeString(file, text);
        executable(file);
    }

    /** Runs the program once for its ahead-of-time cache; without one it starts slower and works the same. */
    private void train(Program program) throws IOException, InterruptedException {
        Path cache = home.resolve("lib").resolve(program.name() + ".aot");
        Path log = target.resolve(program.name() + "-training.log");
        var command = new ArrayList<String>(List.of(home.resolve("runtime/bin/java").toString()));
        command.add("-XX:AOTCacheOutput=" + cache);
        command.addAll(COMMON.stream().filter(option -> !option.startsWith("-Xlog")).toList());
        program.options().forEach(option -> command.add(option.replace(HOME, home.toString())));
        command.add("-Dnaru.home=" + home);
        command.add("-Dnaru.monitor=" + home.resolve("libexec/naru-monitor"));
        command.add("-Dorg.sqlite.lib.path=" + home.resolve("lib"));
        command.add("-Dorg.sqlite.lib.name=libsqlitejdbc.so");
        command.add("-DZstdNativePath=" + home.resolve("lib/libzstd-jni.so"));
        command.add("-Dnaru.deflate=" + home.resolve("lib").resolve(ENCODER));
        command.add("-cp");
        command.add(String.join(":", jars(program).stream().map(jar -> home.resolve("lib") + "/" + jar).toList()));
        command.addAll(program.training());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        if (process.exitValue() != 0 || !Files.exists(cache)) {
            System.err.println("no ahead-of-time cache for " + program.name() + ": see " + log);
        }
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
