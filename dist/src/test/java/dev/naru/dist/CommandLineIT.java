package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The first hour of a user: the distribution's command line against its engine. */
final class CommandLineIT {
    @AutoClose
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
    }

    @Test
    void exitCodesAreThoseOfDocker() throws Exception {
        assertThat(engine.out("run", "--rm", "busybox", "echo", "hello")).isEqualTo("hello");
        assertThat(engine.naru("run", "--rm", "busybox", "sh", "-c", "exit 7").code())
                .isEqualTo(7);
        assertThat(engine.naru("run", "--rm", "busybox", "sh", "-c", "sh -c 'kill -9 $$'; exit $?")
                        .code())
                .isEqualTo(137);
        assertThat(engine.naru("run", "--rm", "busybox", "nosuch").code()).isEqualTo(127);
        assertThat(engine.naru("run", "--rm", "busybox", "/etc").code()).isEqualTo(126);
        assertThat(engine.naru("run", "--rm", "nosuchimage:x", "true").code()).isEqualTo(125);
        assertThat(engine.naru("run", "--nosuchoption", "busybox").code()).isEqualTo(125);
        assertThat(engine.out("ps", "-aq")).isEmpty();
    }

    @Test
    void standardInputArrivesWholeAndEnds() throws Exception {
        byte[] large = new byte[8 << 20];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) ('a' + i % 26);
        }
        EngineProcess.Outcome outcome = engine.run(large, "run", "--rm", "-i", "busybox", "cat");
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out().getBytes(StandardCharsets.UTF_8)).isEqualTo(large);
    }

    @Test
    void isolationIsDockersDefault() throws Exception {
        String status = engine.out("run", "--rm", "busybox", "cat", "/proc/self/status");
        assertThat(status).contains("CapEff:\t00000000a80425fb").contains("Seccomp:\t2");
        assertThat(engine.out("run", "--rm", "busybox", "sh", "-c", "echo $$")).isEqualTo("1");
        assertThat(engine.out("run", "--rm", "--hostname", "h1", "busybox", "hostname"))
                .isEqualTo("h1");
        assertThat(engine.naru("run", "--rm", "--read-only", "busybox", "touch", "/x")
                        .code())
                .isEqualTo(1);
    }

    @Test
    void publishedPortAnswersAndIsListed() throws Exception {
        engine.out(
                "run",
                "-d",
                "--name",
                "web",
                "-p",
                "127.0.0.1:0:80",
                "busybox",
                "sh",
                "-c",
                "mkdir /w; echo page >/w/index.html; exec httpd -f -p 80 -h /w");
        String address = engine.out("port", "web", "80");
        assertThat(address).startsWith("127.0.0.1:");
        assertThat(page(address)).isEqualTo("page\n");
        assertThat(engine.out("ps", "--format", "{{.Names}}: {{.Ports}}")).contains("web: " + address + "->80/tcp");
        engine.out("rm", "-f", "web");
    }

    @Test
    void filesGoInAndOut() throws Exception {
        engine.out("run", "-d", "--name", "files", "busybox", "sleep", "100");
        Path source = engine.directory().resolve("in.txt");
        Files.writeString(source, "carried\n");
        engine.out("cp", source.toString(), "files:/root/in.txt");
        assertThat(engine.out("exec", "files", "cat", "/root/in.txt")).isEqualTo("carried");
        Path target = engine.directory().resolve("out.txt");
        engine.out("cp", "files:/root/in.txt", target.toString());
        assertThat(target).hasContent("carried");
        assertThat(engine.out("diff", "files")).contains("A /root/in.txt");
        engine.out("rm", "-f", "files");
    }

    @Test
    void imagesAreCommittedSavedRemovedAndLoaded() throws Exception {
        engine.out("run", "--name", "base", "busybox", "sh", "-c", "echo v2 >/new");
        engine.out("commit", "base", "kept:v2");
        Path archive = engine.directory().resolve("kept.tar");
        engine.out("save", "-o", archive.toString(), "kept:v2");
        engine.out("rm", "base");
        engine.out("rmi", "kept:v2");
        assertThat(engine.naru("inspect", "--type", "image", "kept:v2").code()).isEqualTo(1);
        engine.out("load", "-i", archive.toString());
        assertThat(engine.out("run", "--rm", "kept:v2", "cat", "/new")).isEqualTo("v2");
        engine.out("rmi", "kept:v2");
    }

    @Test
    void wrongRequestsSaySo() throws Exception {
        engine.out("create", "--name", "taken", "busybox");
        assertThat(engine.naru("create", "--name", "taken", "busybox").err())
                .contains("is already in use by container");
        assertThat(engine.naru("create", "-m", "1m", "busybox").err()).contains("Minimum memory limit allowed is 6MB");
        assertThat(engine.naru("create", "--mount", "type=bind,src=/nosuch,dst=/x", "busybox")
                        .err())
                .contains("bind source path does not exist: /nosuch");
        assertThat(engine.naru("start", "nosuch").err()).contains("No such container: nosuch");
        engine.out("rm", "taken");
    }

    @Test
    void volumesAreMadeListedAndPruned() throws Exception {
        assertThat(engine.out("volume", "create", "--label", "kind=it", "kept")).isEqualTo("kept");
        assertThat(engine.out("volume", "ls", "--format", "{{.Name}} {{.Driver}} {{.Label \"kind\"}}"))
                .isEqualTo("kept local it");
        assertThat(engine.naru("volume", "rm", "nosuch").err())
                .isEqualTo("Error response from daemon: get nosuch: no such volume\n");
        EngineProcess.Outcome unwanted = engine.run("n\n".getBytes(StandardCharsets.UTF_8), "volume", "prune", "-a");
        assertThat(unwanted)
                .isEqualTo(new EngineProcess.Outcome(
                        0,
                        "WARNING! This will remove all local volumes not used by at least one container.\n"
                                + "Are you sure you want to continue? [y/N] ",
                        ""));
        assertThat(engine.run("y\n".getBytes(StandardCharsets.UTF_8), "volume", "prune", "-a")
                        .out())
                .containsPattern("Deleted Volumes:\nkept\n\nTotal reclaimed space: [0-9.]+k?B\n$");
        assertThat(engine.out("volume", "ls", "-q")).isEmpty();
    }

    @Test
    void containersAreStoppedAndPruned() throws Exception {
        String id = engine.out("run", "-d", "--name", "old", "--stop-timeout", "0", "busybox", "sleep", "100");
        assertThat(engine.out("container", "stop", "old")).isEqualTo("old");
        engine.out("rename", "old", "older");
        assertThat(engine.out("container", "ls", "-a", "--no-trunc", "--format", "{{.ID}} {{.Names}}"))
                .isEqualTo(id + " older");
        assertThat(engine.out("container", "prune", "-f")).startsWith("Deleted Containers:\n" + id + "\n\nTotal");
        assertThat(engine.naru("start", "older").err()).isEqualTo("""
                        Error response from daemon: No such container: older
                        Error: failed to start containers: older
                        """);
    }

    @Test
    void wordsAreCompletedWithNamesOfTheEngine() throws Exception {
        engine.out("create", "--name", "completed", "busybox");
        assertThat(engine.out("__complete", "rm", "comp")).isEqualTo("completed");
        assertThat(engine.out("__complete", "run", "busy")).isEqualTo("busybox:latest");
        assertThat(engine.out("__complete", "run", "--network", "h")).isEqualTo("host");
        assertThat(engine.out("__complete", "network", "create", "-d", "mac")).isEqualTo("macvlan");
        assertThat(engine.out("__complete", "network", "create", "-o", "ipvlan_f"))
                .isEqualTo("ipvlan_flag=");
        assertThat(engine.out("__complete", "volume", "create", "-d", "l")).isEqualTo("local");
        assertThat(engine.out("__complete", "volume", "cr")).startsWith("create\t");
        assertThat(engine.out("__complete", "run", "--cidf")).startsWith("--cidfile\t");
        engine.out("rm", "completed");
    }

    @Test
    void bashCompletesByTheScript() throws Exception {
        Path script = engine.directory().resolve("completion.bash");
        Files.writeString(script, engine.out("completion", "bash") + "\n");
        String line = "naru images busybox:";
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "naru() { NARU_HOST=" + engine.host() + " " + EngineProcess.program() + " \"$@\"; }; . "
                                + script
                                + "; COMP_LINE='" + line + "' COMP_POINT=" + line.length()
                                + "; _naru; echo \"${COMPREPLY[@]}\"")
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("latest\n");
    }

    @Test
    void theWholeSystemIsDescribed() throws Exception {
        assertThat(engine.out("info")).contains("Server:\n Containers: ").contains(" Storage Driver: ");
        assertThat(engine.out("version", "--format", "{{.Client.Version}}")).isNotEmpty();
        assertThat(engine.out("system", "df")).startsWith("TYPE            TOTAL     ACTIVE");
        assertThat(engine.out("system", "df", "-v"))
                .contains("Images space usage:")
                .contains("Build cache usage: 0B");
        assertThat(engine.out("images", "--tree")).contains("busybox:latest");
        assertThat(engine.out("-D", "ps", "-q")).isEmpty();
        assertThat(engine.naru("-D", "ps", "-q").err()).contains("DEBUG GET /containers/json");
    }

    @Test
    void aTerminalThatIsNoneIsRefusedBeforeThereIsAContainer() throws Exception {
        EngineProcess.Outcome refused = engine.naru("run", "-it", "--name", "unmade", "busybox");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("the input device is not a TTY");
        assertThat(engine.out("ps", "-aq", "--filter", "name=unmade")).isEmpty();
    }

    @Test
    void whoDetachesIsToldAsByDocker() throws Exception {
        engine.out("run", "-dit", "--name", "left", "busybox");
        String keys = "--detach-keys a,b ";
        EngineProcess.Outcome attach = typed("ab", "attach " + keys + "left");
        assertThat(attach.out()).contains("read escape sequence");
        assertThat(attach.code()).isEqualTo(1);
        EngineProcess.Outcome exec = typed("ab", "exec -it " + keys + "left sh");
        assertThat(exec.out()).contains("read escape sequence");
        assertThat(exec.code()).isEqualTo(1);
        assertThat(typed("ab", "start -ai " + keys + "left").code()).isZero();
        assertThat(engine.out("ps", "-q", "--filter", "name=left")).isNotEmpty();
        engine.out("rm", "-f", "left");
    }

    @Test
    void anAttachedContainerThatRemovesItselfTellsItsExitCode() throws Exception {
        engine.out("run", "-dit", "--rm", "--name", "fleeting", "busybox");
        assertThat(typed("exit 6\n", "attach fleeting").code()).isEqualTo(6);
    }

    /** Runs a command in a terminal in which somebody types the same again and again. */
    private static EngineProcess.Outcome typed(String keys, String command) throws Exception {
        var builder = new ProcessBuilder(
                "timeout", "60", "script", "-qec", EngineProcess.program() + " " + command, "/dev/null");
        builder.environment().put("NARU_HOST", engine.host());
        Process terminal = builder.start();
        Thread typist = Thread.ofVirtual().start(() -> {
            try (var keyboard = terminal.getOutputStream()) {
                while (terminal.isAlive()) {
                    Thread.sleep(300);
                    keyboard.write(keys.getBytes(StandardCharsets.US_ASCII));
                    keyboard.flush();
                }
            } catch (IOException | InterruptedException ended) {
                return;
            }
        });
        String shown = new String(terminal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = terminal.waitFor();
        typist.join();
        return new EngineProcess.Outcome(code, shown, "");
    }

    @Test
    void theInitOfAContainerTellsNothingOfTheHost() throws Exception {
        assertThat(engine.out("run", "--rm", "--init", "busybox", "ps"))
                .contains("naru-init")
                .doesNotContain("zygote");
    }

    private static String page(String address) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/"))
                    .build();
            for (int attempt = 0; ; attempt++) {
                try {
                    return client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body();
                } catch (IOException e) {
                    if (attempt == 100) {
                        throw e;
                    }
                    Thread.sleep(50);
                }
            }
        }
    }
}
