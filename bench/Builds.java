import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Builds on one engine, or on two in turns, with the same client: {@code java [-Donly=LETTERS] Builds.java A.sock [B.sock]}.
 * Both need {@code busybox:latest}; the client is {@code docker buildx} ({@code DOCKER_CONFIG} says where its plugin is).
 *
 * <p>a: 15 steps and 2,000 files, cold and cached. b: a context of 1 GB of which one file changes ({@code -Dmegabytes}).
 * c: eight independent stages, each as long as the first alone. d: a Maven project with cache mounts
 * ({@code -Djdk=DIRECTORY -Dmaven=DIRECTORY -Drepository=DIRECTORY}), one source changes; the compile's own time is what the
 * step says of itself.
 */
final class Builds {
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final String ONLY = System.getProperty("only", "abcd");
    private static final Pattern OWN = Pattern.compile("compiled in ([0-9]+) ms");
    private static final String NAME = "bench-builds-" + ProcessHandle.current().pid();

    private final Path directory;
    private final List<String> engines;

    private Builds(Path directory, List<String> engines) {
        this.directory = directory;
        this.engines = engines;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/var/tmp"), "naru-builds");
        List<String> engines = Arrays.stream(arguments)
                .map(each -> each.startsWith("unix://") ? each : "unix://" + each)
                .toList();
        var builds = new Builds(directory, engines);
        try {
            if (ONLY.contains("a")) {
                builds.steps();
            }
            if (ONLY.contains("b")) {
                builds.large();
            }
            if (ONLY.contains("c")) {
                builds.stages();
            }
            if (ONLY.contains("d")) {
                builds.maven();
            }
        } finally {
            for (String engine : engines) {
                for (String kind : List.of("made", "jdk")) {
                    run(List.of("docker", "rmi", "-f", NAME + ":" + kind), engine, directory);
                }
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private interface Before {
        void run(int round) throws Exception;
    }

    /** What a build took, and what its step said of its own time. */
    private record Taken(double millis, double own) {}

    private void compare(String name, Path context, int rounds, Before before, String... options) throws Exception {
        List<List<Taken>> times = engines.stream().<List<Taken>>map(each -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            before.run(round);
            for (int i = 0; i < engines.size(); i++) {
                int at = round % 2 == 0 ? i : engines.size() - 1 - i;
                times.get(at).add(build(engines.get(at), context, options));
            }
        }
        var line = new StringBuilder(String.format("%-34s", name));
        List<Double> least = new ArrayList<>();
        for (List<Taken> each : times) {
            List<Double> sorted = each.stream().map(Taken::millis).sorted().toList();
            least.add(sorted.getFirst());
            line.append(String.format("  min %8.1f  median %8.1f ms", sorted.getFirst(), sorted.get(sorted.size() / 2)));
            List<Double> shares = each.stream()
                    .filter(one -> one.own() > 0)
                    .map(one -> one.millis() / one.own())
                    .sorted()
                    .toList();
            if (!shares.isEmpty()) {
                line.append(String.format(
                        " (of the step's own time: min %.2f, median %.2f)",
                        shares.getFirst(), shares.get(shares.size() / 2)));
            }
        }
        if (times.size() > 1) {
            line.append(String.format("  A/B of the minimums %.2f", least.get(0) / least.get(1)));
        }
        System.out.println(line);
    }

    private Taken build(String engine, Path context, String... options) throws Exception {
        var command = new ArrayList<>(List.of("docker", "buildx", "build", "--progress=plain", "-t", NAME + ":made"));
        command.addAll(List.of(options));
        command.add(context.toString());
        long start = System.nanoTime();
        String said = run(command, engine, directory);
        double taken = (System.nanoTime() - start) / 1e6;
        Matcher own = OWN.matcher(said);
        double last = 0;
        while (own.find()) {
            last = Double.parseDouble(own.group(1));
        }
        return new Taken(taken, last);
    }

    private static String run(List<String> command, String engine, Path directory) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DOCKER_HOST", engine);
        builder.environment().put("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 && !command.contains("rmi")) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return said;
    }

    private void steps() throws Exception {
        Path context = Files.createDirectory(directory.resolve("steps"));
        var random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            byte[] content = new byte[1000 + i % 3000];
            random.nextBytes(content);
            Path file = context.resolve(String.format("src/d%02d/f%04d", i % 40, i));
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        }
        var text = new StringBuilder("FROM busybox\nWORKDIR /app\nCOPY src/ /app/src/\n");
        for (int i = 0; i < 8; i++) {
            text.append("RUN echo ").append(i).append(" >/app/").append(i).append('\n');
        }
        Files.writeString(context.resolve("Dockerfile"), text + "COPY Dockerfile /app/\nENV A=1\nEXPOSE 80\nCMD [\"true\"]\n");
        compare("15 steps, 2,000 files, cold", context, ROUNDS, round -> {}, "--no-cache");
        compare("the same, cached", context, 3 * ROUNDS, round -> {});
        Path nothing = Files.createDirectory(directory.resolve("nothing"));
        Files.writeString(nothing.resolve("Dockerfile"), "FROM scratch\nLABEL a=b\n");
        compare("no files and no steps", nothing, 3 * ROUNDS, round -> {});
    }

    private void large() throws Exception {
        Path context = Files.createDirectory(directory.resolve("large"));
        int megabytes = Integer.getInteger("megabytes", 1024);
        Path big = Files.createDirectory(context.resolve("big"));
        byte[] content = new byte[1 << 20];
        var random = new Random(7);
        for (int i = 0; i < megabytes; i++) {
            random.nextBytes(content);
            Files.write(big.resolve("f" + i), content);
        }
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nCOPY big /big\nCOPY changing /\n");
        Path changing = context.resolve("changing");
        Files.writeString(changing, "0");
        compare("1 GB context, first build", context, 1, round -> {});
        compare("the same, nothing changed", context, ROUNDS, round -> {});
        compare("the same, one small file changed", context, ROUNDS, round -> Files.writeString(
                changing, "round " + round + " " + System.nanoTime()));
        compare("the same, one of the large changed", context, 2, round -> Files.writeString(
                big.resolve("f1"), "round " + round + " " + System.nanoTime()));
    }

    private void stages() throws Exception {
        Path context = Files.createDirectory(directory.resolve("stages"));
        String work = "RUN i=0; while [ $i -lt 600000 ]; do i=$((i+1)); done; echo $i stage >/done\n";
        var text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            text.append("FROM busybox AS s").append(i).append('\n').append(work.replace("stage", "stage" + i));
        }
        text.append("FROM scratch\n");
        for (int i = 0; i < 8; i++) {
            text.append("COPY --from=s").append(i).append(" /done /").append(i).append('\n');
        }
        Files.writeString(context.resolve("Dockerfile"), text);
        Path one = Files.createDirectory(directory.resolve("one"));
        Files.writeString(one.resolve("Dockerfile"), "FROM busybox\n" + work);
        compare("one stage", one, ROUNDS, round -> {}, "--no-cache");
        compare("eight such stages", context, ROUNDS, round -> {}, "--no-cache");
    }

    private void maven() throws Exception {
        Path jdk = Path.of(System.getProperty("jdk", System.getProperty("java.home")));
        Path maven = Path.of(System.getProperty("maven", "/usr/share/maven"));
        Path context = Files.createDirectory(directory.resolve("maven"));
        Path sources = Files.createDirectories(context.resolve("src/main/java/p"));
        for (int i = 0; i < 400; i++) {
            Files.writeString(sources.resolve("C" + i + ".java"), source(i, ""));
        }
        Files.writeString(context.resolve("pom.xml"), """
                <project><modelVersion>4.0.0</modelVersion><groupId>p</groupId><artifactId>a</artifactId><version>1</version>
                <build><plugins><plugin><artifactId>maven-resources-plugin</artifactId><version>RESOURCES</version></plugin>
                <plugin><artifactId>maven-compiler-plugin</artifactId><version>COMPILER</version></plugin></plugins></build>
                <properties><maven.compiler.release>21</maven.compiler.release>
                <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties></project>
                """
                .replace("RESOURCES", System.getProperty("resources", "3.3.1"))
                .replace("COMPILER", System.getProperty("compiler", "3.14.1")));
        Path repository = repository(context, maven);
        Files.writeString(context.resolve(".dockerignore"), "target\n");
        Files.writeString(context.resolve("Dockerfile"), """
                FROM NAME:jdk AS built
                ENV PATH=/jdk/bin:/maven/bin:/bin JAVA_HOME=/jdk
                WORKDIR /w
                COPY pom.xml .
                RUN --mount=type=cache,target=/root/.m2 --mount=type=bind,from=repository,target=/r \\
                    mkdir -p /root/.m2/repository && cp -a /r/. /root/.m2/repository/
                COPY src src
                RUN --mount=type=cache,target=/root/.m2 s=$(cut -d' ' -f1 /proc/uptime | tr -d .); \\
                    sh /maven/bin/mvn -o -q -B compile; \\
                    echo compiled in $((($(cut -d' ' -f1 /proc/uptime | tr -d .) - s) * 10)) ms
                FROM scratch
                COPY --from=built /w/target/classes /classes
                """.replace("NAME", NAME));
        for (String engine : engines) {
            importJdk(engine, jdk, maven);
        }
        String with = "repository=" + repository;
        compare("Maven, first build", context, 1, round -> {}, "--build-context", with);
        compare("Maven, one source changed", context, ROUNDS, round -> Files.writeString(
                sources.resolve("C7.java"), source(7, "// " + System.nanoTime())), "--build-context", with);
    }

    private static String source(int number, String comment) {
        var text = new StringBuilder("package p;\n" + comment + "\npublic final class C" + number + " {\n");
        for (int i = 0; i < 20; i++) {
            text.append("  public static java.util.List<String> m" + i + "(java.util.Map<String, Integer> map) {\n"
                    + "    return map.entrySet().stream().filter(e -> e.getValue() > " + i
                    + ").map(e -> e.getKey() + " + i + ").sorted().toList();\n  }\n");
        }
        return text.append("}\n").toString();
    }

    /** What the compile takes of the host's repository, without the rest of it. */
    private Path repository(Path context, Path maven) throws Exception {
        Path repository = directory.resolve("repository");
        String whole = System.getProperty("repository", System.getProperty("user.home") + "/.m2/repository");
        Path settings = directory.resolve("settings.xml");
        Files.writeString(settings, "<settings><mirrors><mirror><id>host</id><mirrorOf>*</mirrorOf><url>file://"
                + Path.of(whole).toRealPath() + "</url></mirror></mirrors></settings>");
        run(List.of(maven + "/bin/mvn", "-q", "-B", "-s", settings.toString(), "-Dmaven.repo.local=" + repository,
                "-Daether.enhancedLocalRepository.trackingFilename=none", "-f", context + "/pom.xml", "compile"),
                "", directory);
        // Marks of where artifacts came from would make Maven doubt them.
        try (Stream<Path> files = Files.walk(repository)) {
            for (Path each : files.filter(file -> file.endsWith("_remote.repositories")).toList()) {
                Files.delete(each);
            }
        }
        return repository;
    }

    private void importJdk(String engine, Path jdk, Path maven) throws Exception {
        Path root = directory.resolve("jdk");
        if (!Files.exists(root)) {
            Files.createDirectories(root.resolve("bin"));
            Files.createDirectories(root.resolve("tmp"));
            String script = "cp /bin/busybox " + root + "/bin/ && for c in sh cat cp mkdir cut tr echo dirname basename uname"
                    + " expr ls pwd sed ln readlink; do ln -sf busybox " + root + "/bin/$c; done && cp -aL " + jdk + " "
                    + root + "/jdk && rm -rf " + root + "/jdk/lib/src.zip " + root + "/jdk/jmods && cp -aL " + maven + " "
                    + root + "/maven && for l in $(ldd " + jdk + "/bin/java " + jdk + "/lib/server/libjvm.so " + jdk
                    + "/lib/libjava.so " + jdk + "/lib/libzip.so " + jdk + "/lib/libnio.so | grep -o '/lib[^ ]*' | sort -u);"
                    + " do case $l in " + jdk + "*) ;; *) mkdir -p " + root + "$(dirname $l); cp -L $l " + root
                    + "$l;; esac; done; tar -C " + root + " -cf " + root + ".tar .";
            run(List.of("sh", "-c", script), "", directory);
        }
        run(List.of("docker", "import", root + ".tar", NAME + ":jdk"), engine, directory);
    }
}
