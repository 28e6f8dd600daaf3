import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * From a fresh checkout to a first container: installs what is missing, builds, starts the engine, makes a small image,
 * serves a page from it and shows where the time went. Running it again reuses what is there.
 *
 * <p>Run by {@code ./naru quickstart}.
 */
final class Quickstart {
    private static final Path SOCKET = Path.of("/run/naru.sock");
    private static final Path PID_FILE = Path.of("/run/naru.pid");
    private static final Path LOG = Path.of("/var/log/naru.log");

    private final Path checkout;
    private final List<String> times = new ArrayList<>();

    private Quickstart(Path checkout) {
        this.checkout = checkout;
    }

    public static void main(String[] arguments) throws Exception {
        try {
            new Quickstart(Path.of(arguments[0])).run();
        } catch (IllegalStateException e) {
            System.err.println("quickstart: " + e.getMessage());
            System.exit(1);
        }
    }

    private void run() throws Exception {
        if (!capture("id", "-u").equals("0")) {
            throw new IllegalStateException("containers need root: run it again as root, for example with sudo");
        }
        timed("install what is missing", this::installPackages);
        timed("build", this::build);
        timed("start the engine", this::startEngine);
        timed("make the image", this::makeImage);
        timed("run a container", this::runContainer);
        timed("fetch its page", this::fetchPage);
        show("ps");
        show("logs", "quickstart");
        say("Where the time went:");
        times.forEach(System.out::println);
        System.out.println();
        System.out.println("Next: './naru run --rm -it busybox', './naru ps', './naru --help'.");
        System.out.println("The docker command line works too: export DOCKER_HOST=unix://" + SOCKET);
        System.out.println("The engine runs as process " + Files.readString(PID_FILE).strip() + " (log " + LOG
                + "); 'kill' it to stop it, containers go on without it.");
    }

    private void installPackages() throws IOException, InterruptedException {
        var missing = new ArrayList<String>();
        need(missing, "gcc", "the monitor beside each container is a small C program", "/usr/bin/gcc");
        need(missing, "make", "it is built by make", "/usr/bin/make");
        need(missing, "musl-tools", "musl keeps it small and static", "/usr/bin/musl-gcc");
        need(missing, "linux-libc-dev", "the kernel's headers", "/usr/include/linux/sched.h");
        need(missing, "busybox-static", "the sample image is made of it", "/bin/busybox");
        if (missing.isEmpty()) {
            return;
        }
        if (!Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            throw new IllegalStateException("please install with your package manager: " + String.join(", ", missing));
        }
        call("apt-get", "-o", "DPkg::Lock::Timeout=300", "update", "-q");
        var install = new ArrayList<>(List.of(
                "apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-qy", "--no-install-recommends"));
        install.addAll(missing);
        call(install.toArray(String[]::new));
    }

    private static void need(List<String> missing, String name, String why, String file) {
        if (!Files.exists(Path.of(file))) {
            System.out.println("  " + name + " is missing: " + why);
            missing.add(name);
        }
    }

    private void build() throws IOException, InterruptedException {
        Path stamp = dist().resolve(".built");
        String state = sourceState();
        if (Files.exists(stamp) && Files.readString(stamp).equals(state)) {
            System.out.println("  already built");
            return;
        }
        // Formatter and static checks are for those who change it.
        call(checkout.resolve("mvnw").toString(), "-q", "-B", "-Dquick", "-DskipTests", "package");
        Files.writeString(stamp, state);
    }

    /** Names, sizes and times of all sources, so that a second run builds only after a change. */
    private String sourceState() throws IOException {
        long state = 17;
        try (Stream<Path> files = Files.walk(checkout)) {
            for (Path file : files.filter(Quickstart::isSource).sorted().toList()) {
                state = state * 31 + file.toString().hashCode();
                state = state * 31 + Files.size(file);
                state = state * 31 + Files.getLastModifiedTime(file).toMillis();
            }
        }
        return Long.toHexString(state);
    }

    private static boolean isSource(Path file) {
        String path = file.toString();
        return Files.isRegularFile(file)
                && !path.contains("/target/")
                && !path.contains("/.git/")
                && (path.endsWith(".java") || path.endsWith(".c") || path.endsWith(".h") || path.endsWith("pom.xml"));
    }

    private void startEngine() throws IOException, InterruptedException {
        if (answers()) {
            System.out.println("  an engine runs already at " + SOCKET);
            return;
        }
        new ProcessBuilder(
                        "setsid",
                        dist().resolve("bin/narud").toString(),
                        "-H",
                        "unix://" + SOCKET,
                        "--pidfile",
                        PID_FILE.toString())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.toFile()))
                .redirectErrorStream(true)
                .start();
        for (int i = 0; i < 600 && !answers(); i++) {
            Thread.sleep(50);
        }
        if (!answers()) {
            throw new IllegalStateException("the engine does not answer; its log is " + LOG);
        }
    }

    private boolean answers() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(naru(), "version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    private void makeImage() throws IOException, InterruptedException {
        if (succeeds(naru(), "inspect", "--type", "image", "busybox:latest")) {
            System.out.println("  busybox:latest is there already");
            return;
        }
        Path root = Files.createTempDirectory("naru-busybox");
        for (String directory : List.of("bin", "dev", "etc", "proc", "root", "sys", "tmp", "usr/bin", "usr/sbin", "var")) {
            Files.createDirectories(root.resolve(directory));
        }
        Path busybox = root.resolve("bin/busybox");
        Files.copy(Path.of("/bin/busybox"), busybox, StandardCopyOption.COPY_ATTRIBUTES);
        for (String applet : capture(busybox.toString(), "--list").split("\n")) {
            if (!applet.equals("busybox")) {
                Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
            }
        }
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\n");
        Path archive = Files.createTempFile("naru-busybox", ".tar");
        call("tar", "-C", root.toString(), "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "-cf", archive.toString(), ".");
        call(
                naru(),
                "import",
                "--change",
                "CMD [\"sh\"]",
                "--change",
                "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                archive.toString(),
                "busybox:latest");
        call("rm", "-rf", root.toString(), archive.toString());
    }

    private void runContainer() throws IOException, InterruptedException {
        if (succeeds(naru(), "inspect", "--type", "container", "quickstart")) {
            call(naru(), "rm", "-f", "quickstart");
        }
        call(
                naru(),
                "run",
                "-d",
                "--name",
                "quickstart",
                "-p",
                "127.0.0.1:0:80",
                "busybox",
                "sh",
                "-c",
                "mkdir /www; echo 'Hello from a Naru container' >/www/index.html; echo serving; exec httpd -f -v -p 80 -h /www");
    }

    private void fetchPage() throws IOException, InterruptedException {
        String address = capture(naru(), "port", "quickstart", "80").split("\n")[0];
        HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        for (int attempt = 0; ; attempt++) {
            try {
                String page = client.send(
                                HttpRequest.newBuilder(URI.create("http://" + address + "/")).build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
                System.out.println("  http://" + address + "/ says: " + page.strip());
                return;
            } catch (IOException e) {
                if (attempt == 50) {
                    throw new IllegalStateException("http://" + address + "/ does not answer: " + e.getMessage());
                }
                Thread.sleep(50);
            }
        }
    }

    private void show(String... command) throws IOException, InterruptedException {
        say("naru " + String.join(" ", command));
        var line = new ArrayList<>(List.of(naru()));
        line.addAll(List.of(command));
        call(line.toArray(String[]::new));
    }

    private Path dist() {
        return checkout.resolve("dist/target/naru");
    }

    private String naru() {
        return dist().resolve("bin/naru").toString();
    }

    private void timed(String name, Step step) throws Exception {
        say(name);
        long start = System.nanoTime();
        step.run();
        times.add(String.format("  %-24s %8.2f s", name, (System.nanoTime() - start) / 1e9));
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void say(String text) {
        System.out.println("== " + text);
    }

    private static void call(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("'" + String.join(" ", command) + "' failed with " + process.exitValue());
        }
    }

    private static boolean succeeds(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static String capture(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String text = new String(process.getInputStream().readAllBytes()).strip();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("'" + String.join(" ", command) + "' failed");
        }
        return text;
    }
}
