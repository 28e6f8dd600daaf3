import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Builds on one engine, or on two in turns, with the same client: {@code java [-Donly=LETTERS] Builds.java A.sock [B.sock]}.
 * Both need {@code busybox:latest}; the client is {@code docker buildx} ({@code DOCKER_CONFIG} says where its plugin is).
 * {@code -Dclient=naru} takes {@code naru build} instead ({@code -Dnaru} says where), {@code -Dclient=post} this program
 * itself, which posts an archive as libraries do ({@code POST /build?version=2}): of a build that is all in the cache most
 * is the client's start.
 *
 * <p>a: 15 steps and 2,000 files, cold and cached. b: a context of 1 GB of which one file changes ({@code -Dmegabytes}).
 * c: eight independent stages, each as long as the first alone. d: a Java project (60 classes, {@code -Djdk} names the
 * JDK that becomes the base image) with its outputs in a cache mount: the whole rebuild after one change, and of it the
 * command alone, as the step itself measures it.
 */
final class Builds {
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final String ONLY = System.getProperty("only", "abcd");
    private static final String CLIENT = System.getProperty("client", "buildx");
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
                builds.project();
            }
        } finally {
            for (String engine : engines) {
                run(List.of("docker", "rmi", "-f", NAME + ":made", NAME + ":jdk"), engine, directory);
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

    private void compare(String name, Path context, int rounds, Before before, String... options) throws Exception {
        List<List<Double>> times = engines.stream().<List<Double>>map(each -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            before.run(round);
            for (int i = 0; i < engines.size(); i++) {
                int at = round % 2 == 0 ? i : engines.size() - 1 - i;
                times.get(at).add(build(engines.get(at), context, options));
            }
        }
        var line = new StringBuilder(String.format("%-34s", name));
        List<Double> least = new ArrayList<>();
        for (List<Double> each : times) {
            List<Double> sorted = each.stream().sorted().toList();
            least.add(sorted.getFirst());
            line.append(String.format("  min %8.1f  median %8.1f ms", sorted.getFirst(), sorted.get(sorted.size() / 2)));
        }
        if (times.size() > 1) {
            line.append(String.format("  A/B of the minimums %.2f", least.get(0) / least.get(1)));
        }
        System.out.println(line);
    }

    private double build(String engine, Path context, String... options) throws Exception {
        if (CLIENT.equals("post")) {
            return post(engine, context, options);
        }
        List<String> client =
                CLIENT.equals("naru") ? List.of(System.getProperty("naru", "naru"), "build") : List.of("docker", "buildx", "build");
        var command = new ArrayList<>(client);
        command.addAll(List.of("--progress=plain", "-t", NAME + ":made"));
        command.addAll(List.of(options));
        command.add(context.toString());
        long start = System.nanoTime();
        run(command, engine, directory);
        return (System.nanoTime() - start) / 1e6;
    }

    /** One request with the whole context, which is packed before the clock runs. */
    private static double post(String engine, Path context, String... options) throws Exception {
        Process tar = new ProcessBuilder("tar", "-cf", "-", "-C", context.toString(), ".").start();
        byte[] body = tar.getInputStream().readAllBytes();
        String query = "version=2&t=" + NAME + ":made" + (List.of(options).contains("--no-cache") ? "&nocache=1" : "");
        String head = "POST /v1.43/build?" + query + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
                + "Content-Type: application/x-tar\r\nContent-Length: " + body.length + "\r\n\r\n";
        long start = System.nanoTime();
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(engine.substring("unix://".length())))) {
            var out = Channels.newOutputStream(channel);
            out.write(head.getBytes(StandardCharsets.UTF_8));
            out.write(body);
            String said = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            if (!said.contains("moby.image.id")) {
                throw new IOException(said);
            }
        }
        return (System.nanoTime() - start) / 1e6;
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
        // Half of the large files' names are behind this one's, and nearly all are behind the other's.
        for (String each : List.of("f" + megabytes / 2, "f0")) {
            compare("the same, large " + each + " changed", context, ROUNDS, round -> {
                random.nextBytes(content);
                Files.write(big.resolve(each), content);
            });
        }
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

    /** A base image of this machine's JDK and the few libraries that it needs. */
    private void base(String engine) throws Exception {
        String jdk = System.getProperty("jdk", System.getProperty("java.home")).substring(1);
        String libraries = "lib/x86_64-linux-gnu/";
        var tar = new ArrayList<>(List.of("tar", "-chf", "-", "-C", "/", "--exclude=*/jmods", "--exclude=*/src.zip"));
        tar.addAll(List.of(jdk + "/bin", jdk + "/lib", jdk + "/conf", jdk + "/release", "bin/busybox"));
        tar.add("lib64/ld-linux-x86-64.so.2");
        for (String name : List.of("libc.so.6", "libm.so.6", "libz.so.1", "libdl.so.2", "libpthread.so.0", "librt.so.1")) {
            tar.add(libraries + name);
        }
        var load = new ProcessBuilder("docker", "import", "-c", "ENV JAVA=/" + jdk, "-", NAME + ":jdk");
        load.environment().put("DOCKER_HOST", engine);
        List<Process> both = ProcessBuilder.startPipeline(List.of(
                new ProcessBuilder(tar).redirectError(ProcessBuilder.Redirect.DISCARD),
                load.redirectError(ProcessBuilder.Redirect.INHERIT)));
        both.getLast().getInputStream().readAllBytes();
        if (both.getLast().waitFor() != 0) {
            throw new IOException("cannot make the base image");
        }
    }

    private void project() throws Exception {
        Path context = Files.createDirectory(directory.resolve("project"));
        Path sources = Files.createDirectories(context.resolve("src/p"));
        for (int i = 0; i < 60; i++) {
            Files.writeString(sources.resolve("C" + i + ".java"), source(i, 0));
        }
        Files.writeString(context.resolve("Dockerfile"), """
                FROM NAME:jdk AS build
                COPY src /src
                RUN --mount=type=cache,target=/out ["/bin/busybox", "time", "-p", "/bin/busybox", "sh", "-c", \
                  "$JAVA/bin/javac -nowarn -d /out/classes /src/p/*.java && $JAVA/bin/jar cf /app.jar -C /out/classes ."]
                FROM NAME:jdk
                COPY --from=build /app.jar /app.jar
                """.replace("NAME", NAME));
        for (String engine : engines) {
            base(engine);
            build(engine, context);
        }
        List<Double> least = new ArrayList<>();
        for (int i = 0; i < engines.size(); i++) {
            least.add(Double.MAX_VALUE);
        }
        for (int round = 1; round <= ROUNDS; round++) {
            for (int i = 0; i < engines.size(); i++) {
                Files.writeString(sources.resolve("C7.java"), source(7, 1000 * round + i + System.nanoTime() % 1000));
                long start = System.nanoTime();
                var command = List.of("docker", "buildx", "build", "--progress=plain", "-t", NAME + ":made", context.toString());
                String said = run(command, engines.get(i), directory);
                double whole = (System.nanoTime() - start) / 1e6;
                var took = java.util.regex.Pattern.compile("real\\s+([0-9.]+)").matcher(said);
                double alone = took.find() ? Double.parseDouble(took.group(1)) * 1e3 : Double.NaN;
                least.set(i, Math.min(least.get(i), whole / alone));
                System.out.printf(
                        "Java project, engine %c             rebuild %8.1f  command %8.1f ms  ratio %.3f%n",
                        'A' + i, whole, alone, whole / alone);
            }
        }
        System.out.println("least rebuild / command: " + least);
    }

    private static String source(int number, long salt) {
        var text = new StringBuilder("package p;\npublic class C" + number + " {\n");
        for (int i = 0; i < 20; i++) {
            text.append("  public static String m").append(i).append("(java.util.List<String> a) { return a.stream()")
                    .append(".filter(s -> s.length() > ").append(i).append(").map(s -> s + \"").append(salt).append("\")")
                    .append(".collect(java.util.stream.Collectors.joining()); }\n");
        }
        return text.append("}\n").toString();
    }
}
