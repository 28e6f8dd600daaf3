package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code naru build} against its engine, through the door of BuildKit's clients. */
final class NaruBuildIT {
    @AutoClose
    private static EngineProcess engine;

    @TempDir
    private Path home;

    private Path context;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
    }

    @BeforeEach
    void context() throws Exception {
        context = Files.createDirectories(home.resolve("context/sub")).getParent();
        Files.writeString(context.resolve("a.txt"), "alpha\n");
        Files.writeString(context.resolve("hidden.txt"), "hidden\n");
        Files.writeString(context.resolve(".dockerignore"), "hidden*\n");
        Files.createSymbolicLink(context.resolve("sub/link"), Path.of("../a.txt"));
        Files.createLink(context.resolve("hard.txt"), context.resolve("a.txt"));
        Files.writeString(context.resolve("Dockerfile"), """
                FROM busybox AS made
                ARG WORD=none
                RUN --mount=type=secret,id=word wc -c < /run/secrets/word > /length; echo $WORD > /word
                COPY . /all/
                COPY sub/link /followed
                FROM made AS bad
                RUN echo before; false
                FROM scratch AS files
                COPY --from=made /all /
                FROM scratch AS named
                COPY --from=other / /
                """);
    }

    private EngineProcess.Outcome build(byte[] input, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("build", "--progress=plain"));
        all.addAll(List.of(words));
        return engine.run(input, all.toArray(String[]::new));
    }

    private EngineProcess.Outcome built(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.add(context.toString());
        EngineProcess.Outcome outcome = build(new byte[0], all.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        return outcome;
    }

    @Test
    void imageOfAContextIsKeptUnderItsName() throws Exception {
        Path secret = Files.writeString(home.resolve("secret"), "12345678");
        Path about = home.resolve("about.json");
        Path id = home.resolve("id");
        built(
                "--target=made",
                "-t=made:1",
                "--build-arg=WORD=given",
                "--secret=id=word,src=" + secret,
                "--label=who=me",
                "--iidfile=" + id,
                "--metadata-file=" + about);
        assertThat(engine.out("run", "--rm", "made:1", "cat", "/length", "/word", "/followed"))
                .isEqualTo("8\ngiven\nalpha");
        assertThat(engine.out("run", "--rm", "made:1", "ls", "/all")).isEqualTo("Dockerfile\na.txt\nhard.txt\nsub");
        assertThat(engine.out("inspect", "-f", "{{.Id}} {{.Config.Labels.who}}", "made:1"))
                .isEqualTo(Files.readString(id) + " me");
        assertThat(Files.readString(about)).contains("\"image.name\": \"docker.io/library/made:1\"");
    }

    @Test
    void severalOutputsAreWrittenAtOnce() throws Exception {
        Path out = home.resolve("out");
        built(
                "--target=files",
                "-o=" + out,
                "-o=type=tar,dest=" + home.resolve("t"),
                "-o=type=oci,dest=" + home.resolve("o"),
                "-t=several:1",
                "--load");
        assertThat(out.resolve("a.txt")).hasContent("alpha\n");
        assertThat(Files.readSymbolicLink(out.resolve("sub/link"))).isEqualTo(Path.of("../a.txt"));
        assertThat(Files.size(home.resolve("t"))).isPositive();
        assertThat(Files.readString(home.resolve("o"), StandardCharsets.ISO_8859_1))
                .contains("oci-layout");
        assertThat(engine.out("images", "-q", "several")).isNotEmpty();
    }

    @Test
    void standardInputIsAContextOrADockerfile() throws Exception {
        byte[] file = "FROM scratch\nCOPY a.txt /\n".getBytes(StandardCharsets.UTF_8);
        assertThat(build(file, "-t=typed:1", "-f=-", context.toString()).code()).isZero();
        assertThat(build("FROM scratch\nLABEL a=b\n".getBytes(StandardCharsets.UTF_8), "-t=typed:2", "-")
                        .code())
                .isZero();
        Process tar = new ProcessBuilder("tar", "-C", context.toString(), "-c", ".").start();
        byte[] archive = tar.getInputStream().readAllBytes();
        assertThat(build(archive, "--target=files", "-t=typed:3", "-").code()).isZero();
        assertThat(engine.out("images", "-q", "typed").lines()).hasSize(3);
    }

    @Test
    void aBuildFileOfTheSameSizeAndTimeIsReadAgain() throws Exception {
        Path file = context.resolve("Dockerfile");
        var time = FileTime.fromMillis(1_000_000_000_000L);
        for (String value : List.of("one", "two")) {
            Files.writeString(file, "FROM scratch\nLABEL which=" + value + "\n");
            Files.setLastModifiedTime(file, time);
            built("-t=again:1");
            assertThat(engine.out("inspect", "-f", "{{.Config.Labels.which}}", "again:1"))
                    .isEqualTo(value);
        }
    }

    @Test
    void longLinesAreNothingSpecial() throws Exception {
        String words = "x".repeat(60_000);
        Files.writeString(
                context.resolve("Dockerfile"),
                "FROM busybox\nLABEL long=" + words + "\nRUN echo " + words + " | wc -c > /length\n");
        built("-t=long:1");
        assertThat(engine.out(
                        "run", "--rm", "-e", "LONG=" + words, "long:1", "sh", "-c", "cat /length; echo $LONG | wc -c"))
                .isEqualTo("60001\n60001");
        assertThat(engine.out("inspect", "-f", "{{len .Config.Labels.long}}", "long:1"))
                .isEqualTo("60000");
    }

    @Test
    void whatIsMissingIsShownWithItsLine() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nCOPY nosuch* /a/\nCOPY nosuch /b\n");
        List<String> words = List.of("build", "--progress=plain", context.toString());
        EngineProcess.Outcome outcome = engine.run(new byte[0], words.toArray(String[]::new));
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.toString())
                .contains("   3 | >>> COPY nosuch /b\n", "\"/nosuch\": not found", "[3/3] COPY nosuch /b");
    }

    @Test
    void contextsCanBeNamed() throws Exception {
        Path other = Files.createDirectory(home.resolve("other"));
        Files.writeString(other.resolve("x"), "of the other\n");
        built("--target=named", "--build-context=other=" + other, "-o=" + home.resolve("named"));
        assertThat(home.resolve("named/x")).hasContent("of the other\n");
    }

    @Test
    void bakeBuildsTargetsOnOneAnother() throws Exception {
        Path file =
                Files.writeString(context.resolve("docker-bake.hcl"), """
                variable "WORD" { default = "none" }
                group "default" { targets = ["app", "files"] }
                target "base" {
                  context = "%1$s"
                  target = "made"
                  args = { WORD = WORD }
                  secret = ["id=word,src=%1$s/a.txt"]
                }
                target "several" {
                  context = "%1$s"
                  dockerfile-inline = "FROM scratch\\nARG TARGETARCH\\nCOPY <<x /$${TARGETARCH}\\ny\\nx\\n"
                  platforms = ["linux/amd64", "linux/arm64"]
                }
                target "app" {
                  context = "%1$s"
                  contexts = { base = "target:base", several = "target:several" }
                  dockerfile-inline = "FROM base\\nCOPY --from=several / /s\\nRUN cat /word /s/amd64 >/sum"
                  tags = ["app:${WORD}"]
                }
                target "files" {
                  context = "%1$s"
                  target = "files"
                  output = ["type=local,dest=%2$s"]
                }
                """.formatted(context, home.resolve("baked")));
        Path about = home.resolve("about.json");
        for (int i = 0; i < 2; i++) {
            EngineProcess.Outcome said = engine.run(
                    new byte[0],
                    "bake",
                    "-f=" + file,
                    "--progress=plain",
                    "--allow=fs=*",
                    "--var=WORD=baked",
                    "--metadata-file=" + about);
            assertThat(said.code()).as(said.toString()).isZero();
            assertThat(said.err()).contains("[app stage-0 2/3] COPY --from=several");
        }
        assertThat(engine.out("run", "--rm", "app:baked", "cat", "/sum")).isEqualTo("baked\ny");
        assertThat(engine.out("run", "--rm", "app:baked", "ls", "/s")).isEqualTo("amd64");
        assertThat(home.resolve("baked/a.txt")).hasContent("alpha\n");
        assertThat(Files.readString(about)).contains("\"app\": {", "\"files\": {", "docker.io/library/app:baked");
        EngineProcess.Outcome refused =
                engine.run(new byte[0], "bake", "-f=" + file, "--set=base.target=bad", "--allow=fs=*", "app");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("failed to solve", "exit code: 1");
    }

    @Test
    void cacheOfADirectoryServesAnEmptyBuilder() throws Exception {
        Path cache = home.resolve("cache");
        built("--target=made", "-t=cached:1", "--cache-to=type=local,mode=max,dest=" + cache);
        String id = engine.out("inspect", "-f", "{{.Id}}", "cached:1");
        engine.out("rmi", "cached:1");
        engine.out("builder", "prune", "-af");
        assertThat(built("--target=made", "-t=cached:2", "--cache-from=type=local,src=" + cache)
                        .err())
                .contains("CACHED");
        assertThat(engine.out("inspect", "-f", "{{.Id}}", "cached:2")).isEqualTo(id);
    }

    @Test
    void failureShowsItsPlaceAndLastWords() throws Exception {
        EngineProcess.Outcome said = build(new byte[0], "--target=bad", context.toString());
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err())
                .contains(
                        "before\n",
                        "Dockerfile:7\n",
                        " >>> RUN echo before; false",
                        "failed to solve: process",
                        "exit code: 1");
    }

    @Test
    void checksAreAskedInsteadOfBuilding() throws Exception {
        assertThat(built("--call=targets").out()).contains("made", "files");
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox as x\nrun true\n");
        EngineProcess.Outcome said = build(new byte[0], "--check", context.toString());
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).contains("FromAsCasing");
    }

    @Test
    void remarksAreShownWhileItBuildsAndAtTheEnd() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch AS Made\nCMD x\n");
        assertThat(built("--progress=plain").err())
                .contains("#1 WARN: StageNameCasing: Stage name 'Made' should be lowercase (line 1)\n")
                .contains("\n 2 warnings found")
                .contains("\n - StageNameCasing: ", "\n - JSONArgsRecommended: ");
        assertThat(built("--progress=plain", "--build-arg=BUILDKIT_DOCKERFILE_CHECK=skip=all")
                        .err())
                .doesNotContain("WARN", "warning");
    }

    @Test
    void statementsStandBesideTheImageForThoseWhoAsk() throws Exception {
        Path secret = Files.writeString(home.resolve("secret"), "hushhush1234");
        Files.writeString(context.resolve("Dockerfile"), """
                FROM busybox
                COPY status /var/lib/dpkg/status
                RUN --mount=type=secret,id=word wc -c /run/secrets/word; mkdir -p /srv/node_modules/@a/b; \
                    echo '{"name":"@a/b","version":"1.0.0","license":"MIT"}' > /srv/node_modules/@a/b/package.json
                """);
        Files.writeString(
                context.resolve("status"),
                "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2-1\n");
        Path out = home.resolve("out");
        built(
                "--secret=id=word,src=" + secret,
                "--build-arg=HTTPS_PROXY=http://me:hushhush1234@proxy.invalid:1",
                "--provenance=mode=max",
                "--sbom=true",
                "-o=" + out,
                "-o=type=oci,dest=" + home.resolve("oci"),
                "-o=type=tar,dest=" + home.resolve("tar"),
                "--load",
                "-t=said:1");
        String provenance = Files.readString(out.resolve("provenance.json"));
        assertThat(provenance)
                .contains("https://slsa.dev/provenance/v0.2", "pkg:docker/busybox@", "\"secrets\":[{\"id\":\"word\"")
                .doesNotContain("hushhush1234");
        assertThat(Files.readString(out.resolve("sbom.spdx.json")))
                .contains("pkg:deb/debian/bash@5.2-1?arch=amd64", "pkg:npm/%40a/b@1.0.0", "SPDX-2.3")
                .doesNotContain("hushhush1234");
        assertThat(Files.readString(home.resolve("oci"), StandardCharsets.ISO_8859_1))
                .contains("attestation-manifest", "application/vnd.in-toto+json")
                .doesNotContain("hushhush1234");
        assertThat(Files.readString(home.resolve("tar"), StandardCharsets.ISO_8859_1))
                .contains("provenance.json", "sbom.spdx.json");
        assertThat(engine.out("images", "-q", "said").lines()).hasSize(1);
        Path saved = home.resolve("saved");
        engine.out("save", "-o", saved.toString(), "said:1");
        assertThat(Files.readString(saved, StandardCharsets.ISO_8859_1)).contains("attestation-manifest");
        assertThat(engine.out("run", "--rm", "said:1", "echo", "runs")).isEqualTo("runs");
        engine.out("rmi", "said:1");
        assertThat(engine.out("load", "-i", saved.toString())).contains("said:1");
        assertThat(engine.out("run", "--rm", "said:1", "echo", "again")).isEqualTo("again");
        engine.out("rmi", "said:1");
    }

    @Test
    void stagesAndContextThatTheFileNamesAreListedToo() throws Exception {
        Files.writeString(context.resolve("package-lock.json"), """
                {"lockfileVersion": 3, "packages": {"node_modules/left": {"version": "1.2.3"}}}""");
        Files.writeString(context.resolve("status"), """
                Package: gcc
                Status: install ok installed
                Architecture: amd64
                Version: 14-1
                """);
        Files.writeString(context.resolve("Dockerfile"), """
                ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
                FROM busybox AS tools
                ARG BUILDKIT_SBOM_SCAN_STAGE=true
                COPY status /var/lib/dpkg/status
                RUN env >/environment
                FROM busybox AS unlisted
                RUN echo >/unlisted
                FROM busybox AS never
                ARG BUILDKIT_SBOM_SCAN_STAGE=true
                FROM scratch
                COPY --from=tools /environment /
                COPY --from=unlisted /unlisted /
                """);
        Path out = home.resolve("out");
        built("--sbom=true", "-o=" + out);
        assertThat(out.toFile().list())
                .containsExactlyInAnyOrder(
                        "environment", "unlisted", "sbom.spdx.json", "sbom-tools.spdx.json", "sbom-context.spdx.json");
        assertThat(out.resolve("sbom-tools.spdx.json")).content().contains("gcc@14-1");
        assertThat(out.resolve("sbom-context.spdx.json")).content().contains("pkg:npm/left@1.2.3");
        assertThat(out.resolve("environment")).content().doesNotContain("BUILDKIT_SBOM");

        Path less = home.resolve("less");
        built(
                "--sbom=true",
                "-o=" + less,
                "--build-arg=BUILDKIT_SBOM_SCAN_STAGE=unlisted",
                "--build-arg=BUILDKIT_SBOM_SCAN_CONTEXT=false");
        assertThat(less.toFile().list()).containsExactlyInAnyOrder("environment", "unlisted", "sbom.spdx.json");
    }

    @Test
    void sameBuildSaysTheSame() throws Exception {
        Path about = home.resolve("about.json");
        String before = "";
        for (int i = 0; i < 2; i++) {
            built("--target=made", "--provenance=version=v1", "--sbom=1", "--metadata-file=" + about, "-t=same:1");
            String digest = Files.readString(about);
            assertThat(before.isEmpty() || before.equals(digest)).as(digest).isTrue();
            before = digest;
        }
        assertThat(before).contains("application/vnd.oci.image.index.v1+json");
        built("--target=made", "--metadata-file=" + about, "-t=same:1");
        assertThat(Files.readString(about)).doesNotContain("image.index");
    }

    @Test
    void keysAreLentByAnAgentOfTheirOwn() throws Exception {
        Path program = Path.of("/usr/bin/ssh-add");
        assumeTrue(Files.isExecutable(program) && Files.isExecutable(Path.of("/usr/bin/ssh-agent")));
        Path key = home.resolve("id_ed25519");
        said("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lent", "-f", key.toString());
        Path tools = tools(program);
        Files.writeString(tools.resolve("Dockerfile"), """
                FROM busybox
                COPY . /
                RUN --mount=type=ssh,required=true /usr/bin/ssh-add -l >/keys
                FROM scratch
                COPY --from=0 /keys /
                """);
        EngineProcess.Outcome outcome =
                build(new byte[0], "--ssh=default=" + key, "--output=" + home.resolve("keys"), tools.toString());
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        assertThat(home.resolve("keys/keys")).content().contains("SHA256:", " lent ");
        assertThat(HostProcesses.withCommand("ssh-agent -D -a /tmp/naru-agent").left())
                .isEmpty();
    }

    @Test
    void keyWithAPassphraseNeedsItsUser() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh-add")));
        Path key = home.resolve("locked");
        said("ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", key.toString());
        // In a session of its own, which has no terminal.
        var builder = new ProcessBuilder(
                        "setsid",
                        "-w",
                        EngineProcess.program().toString(),
                        "-H",
                        engine.host(),
                        "build",
                        "--ssh=default=" + key,
                        context.toString())
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("DISPLAY", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE"));
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("cannot lend the key " + key + " to the build: it is protected by a passphrase")
                .contains("ssh-add " + key);
        assertThat(process.waitFor()).isEqualTo(1);
    }

    /** Where Debian's openssh-server is, with the user that it wants. */
    @Test
    void stepReachesAServerWithTheKeysOfItsClient() throws Exception {
        Path server = Path.of("/usr/sbin/sshd");
        assumeTrue(Files.isExecutable(server) && Files.isDirectory(Path.of("/run/sshd")));
        Path key = home.resolve("id");
        Path hostKey = home.resolve("host");
        said("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        said("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", hostKey.toString());
        int port;
        try (var free = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var options = new ArrayList<>(List.of(server.toString(), "-D", "-e", "-f", "/dev/null", "-p", "" + port));
        for (String option : List.of(
                "ListenAddress=127.0.0.1",
                "HostKey=" + hostKey,
                "AuthorizedKeysFile=" + key + ".pub",
                "StrictModes=no",
                "UsePAM=no",
                "PermitRootLogin=prohibit-password",
                "PidFile=none")) {
            options.addAll(List.of("-o", option));
        }
        Process sshd = new ProcessBuilder(options)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(home.resolve("sshd.log").toFile())
                .start();
        try {
            Path tools = tools(Path.of("/usr/bin/ssh"));
            Files.writeString(tools.resolve("Dockerfile"), """
                    FROM busybox
                    COPY . /
                    RUN --mount=type=ssh,required=true --network=host ssh -o StrictHostKeyChecking=no \
                        -o ConnectionAttempts=20 -p %d root@127.0.0.1 echo reached >/said
                    FROM scratch
                    COPY --from=0 /said /
                    """.formatted(port));
            Files.createDirectories(tools.resolve("etc"));
            Files.writeString(tools.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
            EngineProcess.Outcome outcome = build(
                    new byte[0],
                    "--allow=network.host",
                    "--ssh=default=" + key,
                    "--output=" + home.resolve("said"),
                    tools.toString());
            assertThat(outcome.code())
                    .as(outcome + Files.readString(home.resolve("sshd.log")))
                    .isZero();
            assertThat(home.resolve("said/said")).content().contains("reached");
        } finally {
            sshd.destroy();
            sshd.waitFor();
        }
    }

    /** A directory with a program of the host and the libraries that it needs. */
    private Path tools(Path program) throws Exception {
        Path tools = home.resolve("tools");
        List<String> files = new ArrayList<>(List.of(program.toString()));
        Pattern.compile("/\\S+")
                .matcher(said("ldd", program.toString()))
                .results()
                .forEach(each -> files.add(each.group()));
        for (String each : files) {
            Path copy = tools.resolve(each.substring(1));
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of(each), copy);
        }
        return tools;
    }

    private static String said(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    @Test
    void optionsOfOlderScriptsAreTaken() throws Exception {
        EngineProcess.Outcome outcome = built("--target=files", "--rm", "--compress", "-m=1g");
        assertThat(outcome.toString())
                .contains("--memory has no effect on builds")
                .doesNotContain("--rm has");
    }

    @Test
    void whatIsNotDoneIsRefused() throws Exception {
        Path key = Files.writeString(home.resolve("key"), "k");
        for (String option : List.of(
                "--builder=other",
                "--allow=nothing",
                "--ssh=default=" + key,
                "--output=type=nothing",
                "--cache-to=type=gha",
                "--attest=type=other",
                "--build-arg==value",
                "--label==value",
                "--tag=UPPER",
                "--call=other",
                "--network=nosuch")) {
            assertThat(build(new byte[0], option, context.toString()).code())
                    .as(option)
                    .isEqualTo(1);
        }
    }
}
