package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.naru.http.ListenAddress;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Docker's own build clients, over BuildKit's door. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class BuildClientsIT {
    @AutoClose
    private static EngineProcess engine;

    @TempDir
    private static Path home;

    private static BuildClient buildx;

    @TempDir
    private Path context;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
        buildx = new BuildClient("docker-buildx", engine, home);
    }

    @BeforeEach
    void context() throws IOException {
        Files.writeString(context.resolve("a.txt"), "alpha\n");
        Files.writeString(context.resolve("Dockerfile"), """
                FROM busybox AS tool
                ARG WORD=none
                RUN echo "word $WORD" >/word
                FROM busybox AS made
                COPY a.txt /
                COPY --from=tool /word /word
                RUN --mount=type=secret,id=token cat /run/secrets/token >/dev/null 2>&1; cat /a.txt /word >/both
                FROM scratch AS files
                COPY --from=made /both /
                """);
    }

    private String build(String... words) throws Exception {
        return buildx.out(context, concat("build", words, "."));
    }

    private static String[] concat(String first, String[] words, String last) {
        String[] all = new String[words.length + 2];
        all[0] = first;
        System.arraycopy(words, 0, all, 1, words.length);
        all[all.length - 1] = last;
        return all;
    }

    @Test
    void imageIsBuiltOnceAndRuns() throws Exception {
        Path about = home.resolve("about.json");
        Files.writeString(home.resolve("token"), "hush");
        build(
                "--target=made",
                "--build-arg=WORD=given",
                "--secret=id=token,src=" + home.resolve("token"),
                "-t=made:1",
                "--metadata-file=" + about,
                "--iidfile=" + home.resolve("id"));
        assertThat(engine.out("run", "--rm", "made:1", "cat", "/both")).isEqualTo("alpha\nword given");
        assertThat(Files.readString(home.resolve("id")).strip())
                .isEqualTo(engine.out("inspect", "-f", "{{.Id}}", "made:1"));
        assertThat(Files.readString(about)).contains("containerimage.digest", "image.name");
        String again = build("--target=made", "--build-arg=WORD=given", "-t=made:2");
        assertThat(again.lines().filter(line -> line.endsWith(" CACHED"))).hasSizeGreaterThanOrEqualTo(4);
        assertThat(engine.out("inspect", "-f", "{{.Id}}", "made:2"))
                .isEqualTo(engine.out("inspect", "-f", "{{.Id}}", "made:1"));
    }

    @Test
    void resultsGoWhereTheyAreWanted() throws Exception {
        build("-o=type=local,dest=" + home.resolve("out"));
        assertThat(home.resolve("out/both")).hasContent("alpha\nword none\n");
        for (String type : new String[] {"tar", "oci", "docker"}) {
            Path file = home.resolve(type + ".tar");
            build("-o=type=" + type + ",dest=" + file, "-t=sent:" + type);
            assertThat(names(file)).contains(type.equals("tar") ? "both" : "index.json");
        }
        assertThat(engine.out("load", "-i", home.resolve("docker.tar").toString()))
                .contains("sent:docker");
    }

    private static String names(Path tar) throws Exception {
        Process process = new ProcessBuilder("tar", "-tf", tar.toString()).start();
        String names = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return names;
    }

    @Test
    void stagesWithoutStepsAreBuiltForSeveralPlatforms() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY a.txt /\n");
        build("--platform=linux/amd64,linux/arm64", "-t=several:1");
        Path saved = home.resolve("several.tar");
        engine.out("save", "-o", saved.toString(), "several:1");
        assertThat(Files.readString(saved, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("\"architecture\":\"arm64\"", "\"architecture\":\"amd64\"");
    }

    @Test
    void cacheOfADirectoryServesAnEmptyEngine() throws Exception {
        for (String mode : new String[] {"min", "max"}) {
            Path cache = home.resolve("cache-" + mode);
            build("--target=made", "-t=cached:1", "--cache-to=type=local,mode=" + mode + ",dest=" + cache);
            String id = engine.out("inspect", "-f", "{{.Id}}", "cached:1");
            engine.out("rmi", "cached:1");
            buildx.out(context, "prune", "-af");
            assertThat(buildx.out(context, "du")).contains("Total:");
            String again = build("--target=made", "-t=cached:1", "--cache-from=type=local,src=" + cache);
            assertThat(again).contains("importing cache manifest");
            assertThat(again.lines().filter(line -> line.matches("#\\d+ \\d.*")))
                    .isEmpty();
            assertThat(engine.out("inspect", "-f", "{{.Id}}", "cached:1")).isEqualTo(id);
        }
    }

    @Test
    void failingStepIsShownWithItsPlaceAndOutput() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nRUN echo before\nRUN echo said; exit 9\n");
        BuildClient.Said said = buildx.run(context, Map.of(), "build", ".");
        assertThat(said.code()).isNotZero();
        assertThat(said.text())
                .contains("said", "exit code: 9", "Dockerfile:3", ">>> RUN echo said; exit 9", "#5 DONE");
    }

    @Test
    void placeIsShownOfWhateverFails() throws Exception {
        for (String line : List.of(
                "COPY none /",
                "RUN --mount=type=secret,id=none,required=true true",
                "RUN --network=host true",
                "COPY --from=none.invalid/x / /")) {
            Files.writeString(context.resolve("Dockerfile"), "FROM busybox\n" + line + "\n");
            assertThat(buildx.run(context, Map.of(), "build", ".").text())
                    .contains("Dockerfile:2", ">>> " + line)
                    .doesNotContainPattern("failed to solve: [A-Z][A-Za-z]+: ");
        }
        assertThat(buildx.run(context, Map.of(), "build", "-o=type=none", ".").text())
                .contains("exporter \"none\" could not be found")
                .doesNotContain("[internal]");
    }

    @Test
    void hostIsReachedByItsGateway() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nRUN grep theHost /etc/hosts\n");
        assertThat(build("--add-host=theHost:host-gateway", "--cache-from=type=none"))
                .containsPattern("\\d+\\.\\d+\\.\\d+\\.\\d+\\s+theHost");
    }

    @Test
    void severalPlatformsAndStatementsAreLoaded() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY a.txt /\n");
        build("--load", "--platform=linux/amd64,linux/arm64", "--provenance=true", "-t=loaded:1");
        assertThat(engine.out("image", "ls", "--tree", "loaded:1")).contains("linux/arm64");
    }

    @Test
    void clientThatLeavesEndsItsSteps() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nRUN echo begun; exec sleep 86417\n");
        var sleepers = HostProcesses.withCommand("sleep 86417");
        Path output = home.resolve("canceled");
        Process client = buildx.start(context, Map.of(), output, "build", ".");
        while (client.isAlive() && !Files.readString(output).matches("(?s).*#\\d+ [0-9.]+ begun.*")) {
            Thread.sleep(20);
        }
        while (client.isAlive() && sleepers.now().isEmpty()) {
            Thread.sleep(20);
        }
        assertThat(sleepers.now()).isNotEmpty();
        client.destroy();
        assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(sleepers.left()).isEmpty();
    }

    @Test
    void composeBuildsItsServices() throws Exception {
        Files.writeString(
                context.resolve("compose.yaml"),
                "services:\n  web:\n    image: web:1\n    build:\n      context: .\n      target: made\n");
        var compose = new BuildClient("docker-compose", engine, home);
        compose.out(context, "-p", "composed", "build");
        assertThat(engine.out("run", "--rm", "web:1", "cat", "/a.txt")).isEqualTo("alpha");
    }

    @Test
    void bakeFileBuildsItsTargetsOnOneAnother() throws Exception {
        Files.writeString(context.resolve("docker-bake.hcl"), """
                variable "WORD" { default = "none" }
                group "default" { targets = ["base", "tool", "app", "nothing"] }
                target "_all" {
                  args = { WORD = WORD }
                  secret = ["id=token,src=a.txt"]
                }
                target "base" {
                  inherits = ["_all"]
                  target = "made"
                  cache-to = ["type=local,dest=cache"]
                }
                target "tool" {
                  name = "tool-${v}"
                  matrix = { v = ["one", "two"] }
                  dockerfile-inline = "FROM scratch\\nARG TARGETARCH\\nCOPY <<x /$${TARGETARCH}\\n${v}\\nx\\n"
                  platforms = ["linux/amd64", "linux/arm64"]
                  output = ["type=cacheonly"]
                }
                target "empty" { dockerfile-inline = "FROM scratch\\nLABEL a=b\\n" }
                target "nothing" {
                  contexts = { empty = "target:empty" }
                  dockerfile-inline = "FROM empty\\nCOPY a.txt /"
                  output = ["type=local,dest=nothing"]
                }
                target "app" {
                  contexts = { base = "target:base", tool = "target:tool-two" }
                  dockerfile-inline = "FROM base\\nCOPY --from=tool /* /\\nRUN cat /both /amd64 >/all"
                  platforms = ["linux/amd64"]
                  tags = ["baked:1"]
                }
                """);
        List<String> words = new ArrayList<>(List.of("bake"));
        if (asksWhatIsAllowed()) {
            words.add("--allow=fs=*");
        }
        String said = buildx.run(context, Map.of("WORD", "given"), words.toArray(String[]::new))
                .text();
        assertThat(engine.run(new byte[0], "run", "--rm", "baked:1", "cat", "/all")
                        .out())
                .as(said)
                .isEqualTo("alpha\nword given\ntwo\n");
        assertThat(context.resolve("nothing/a.txt")).hasContent("alpha\n");
        assertThat(context.resolve("cache/index.json")).exists();
    }

    /** As buildx does from 0.19 on. */
    private static boolean asksWhatIsAllowed() throws Exception {
        return buildx.out(home, "bake", "--help").contains("--allow");
    }

    /** Older ones push what has a name by themselves, and cannot say in which form. */
    private static boolean letsTheEnginePush() throws Exception {
        return asksWhatIsAllowed();
    }

    @Test
    void attestedImageIsPushedAndReadByImageTools() throws Exception {
        try (RegistryServer registry = RegistryServer.open(RegistryConfig.of(home.resolve("registry")))) {
            var address = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
            String name = "127.0.0.1:" + address.port() + "/said:1";
            build("--target=made", "--provenance=mode=max", "--sbom=true", "--push", "-t=" + name);
            assertThat(buildx.out(context, "imagetools", "inspect", name, "--format", "{{json .Provenance}}"))
                    .contains("pkg:docker/busybox", "COPY a.txt /");
            assertThat(buildx.out(context, "imagetools", "inspect", name, "--format", "{{json .SBOM}}"))
                    .contains("SPDX-2.3");
            String manifest = buildx.out(context, "imagetools", "inspect", name, "--raw");
            String digest = manifest.replaceFirst("(?s).*?\"digest\"\\s*:\\s*\"(sha256:[0-9a-f]+)\".*", "$1");
            assertThat(buildx.out(context, "imagetools", "inspect", "--raw", name + "@" + digest))
                    .contains("layer.v1.tar+gzip");
            if (letsTheEnginePush()) {
                // Each build sends what was said of its own result, whatever others said of the same image.
                String plain = "127.0.0.1:" + address.port() + "/said:plain";
                build("--target=made", "--annotation=index:other=word", "--push", "-t=" + plain);
                build("--target=made", "--push", "-t=" + plain);
                assertThat(buildx.out(context, "imagetools", "inspect", plain, "--raw"))
                        .contains("\"layers\"");
                build("--target=made", "--provenance=mode=min,version=v1", "--push", "-t=" + plain);
                assertThat(buildx.out(context, "imagetools", "inspect", plain, "--format", "{{json .Provenance}}"))
                        .contains("buildDefinition");
            }
            // What is pushed later is the same.
            String later = "127.0.0.1:" + address.port() + "/said:2";
            build("--target=made", "--provenance=mode=min", "-t=" + later);
            engine.out("push", later);
            manifest = buildx.out(context, "imagetools", "inspect", later, "--raw");
            digest = manifest.replaceFirst("(?s).*?\"digest\"\\s*:\\s*\"(sha256:[0-9a-f]+)\".*", "$1");
            assertThat(buildx.out(context, "imagetools", "inspect", "--raw", later + "@" + digest))
                    .contains("layer.v1.tar+gzip");
        }
    }

    @Test
    void imageIsSentInTheFormThatIsWanted() throws Exception {
        try (RegistryServer registry = RegistryServer.open(RegistryConfig.of(home.resolve("forms")))) {
            var address = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
            String name = "127.0.0.1:" + address.port() + "/form";
            String image = "-o=type=image,push=true,name=" + name;
            if (letsTheEnginePush()) {
                build("--target=made", image + ":z,compression=zstd,force-compression=true");
                assertThat(buildx.out(context, "imagetools", "inspect", "--raw", name + ":z"))
                        .contains("oci.image.manifest", "layer.v1.tar+zstd")
                        .doesNotContain("gzip");
                build("--target=made", image + ":u,compression=uncompressed,oci-mediatypes=true,store=false");
                assertThat(buildx.out(context, "imagetools", "inspect", "--raw", name + ":u"))
                        .contains("layer.v1.tar\"");
                assertThat(engine.out("images", "--format", "{{.Tag}}", name)).isEqualTo("z");
            }
            Path about = home.resolve("about.json");
            engine.out(
                    "build",
                    "--target=made",
                    image + ",push-by-digest=true",
                    "--metadata-file=" + about,
                    context.toString());
            String digest = Files.readString(about)
                    .replaceFirst("(?s).*\"containerimage.digest\": \"(sha256:[0-9a-f]+)\".*", "$1");
            assertThat(buildx.out(context, "imagetools", "inspect", "--raw", name + "@" + digest))
                    .contains("rootfs.diff.tar.gzip");
            Path layout = home.resolve("forms-layout");
            build("--target=made", "-t=form:1", "-o=type=oci,tar=false,dest=" + layout);
            assertThat(Files.readString(layout.resolve("index.json"))).contains("docker.io/library/form:1");
            assertThat(buildx.run(context, Map.of(), "build", "-o=type=foo", ".")
                            .text())
                    .contains("exporter \"foo\" could not be found");
        }
    }

    @Test
    void softwareIsListedByTheScannerThatIsNamed() throws Exception {
        Path scanner = Files.createDirectories(home.resolve("scanner"));
        Files.writeString(scanner.resolve("Dockerfile"), """
                FROM busybox
                COPY <<"EOF" /scan
                test -z "$BUILDKIT_SCAN_SOURCE_EXTRAS" && ! touch "$BUILDKIT_SCAN_SOURCE/no" 2>/dev/null || exit 1
                found=$(cat "$BUILDKIT_SCAN_SOURCE/both" | head -1)
                echo '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"'$KIND'",
                  "predicate":{"name":"'$found'","spdxVersion":"SPDX-2.3"}}' >$BUILDKIT_SCAN_DESTINATION/mine.spdx.json
                EOF
                ENTRYPOINT ["sh", "/scan"]
                """);
        buildx.out(scanner, "build", "-t=scanner:1", ".");
        Path out = home.resolve("scanned");
        String attest = "--attest=type=sbom,generator=scanner:1,KIND=";
        build("-o=" + out, attest + "https://spdx.dev/Document");
        assertThat(out.resolve("mine.spdx.json"))
                .content()
                .contains("\"predicate\":{\"name\":\"alpha\"", "\"subject\":[{\"name\":\"both\"");
        assertThat(buildx.run(context, Map.of(), "build", "-o=" + out, attest + "other", ".")
                        .text())
                .contains("scanner:1", "mine.spdx.json is no in-toto statement");
        assertThat(buildx.run(context, Map.of(), "build", "-o=" + out, "--sbom=generator=127.0.0.1:1/none", ".")
                        .text())
                .contains("127.0.0.1:1/none");
    }

    @Test
    void layoutOfADirectoryIsAContext() throws Exception {
        Path layout = Files.createDirectory(home.resolve("layout"));
        Path archive = home.resolve("laid.tar");
        build("--target=made", "-t=laid:1", "-o=type=oci,dest=" + archive);
        Process tar = new ProcessBuilder("tar", "-xf", archive.toString(), "-C", layout.toString()).start();
        assertThat(tar.waitFor()).isZero();
        Files.writeString(context.resolve("Dockerfile"), "FROM laid\nRUN cat /both /a.txt >/more\n");
        build("--build-context=laid=oci-layout://" + layout + ":1", "-t=onlayout:1");
        assertThat(engine.out("run", "--rm", "onlayout:1", "cat", "/more")).isEqualTo("alpha\nword none\nalpha");
        // Nothing travels twice, and naru build knows layouts as well.
        engine.out("build", "--build-context=laid=oci-layout://" + layout + ":1", "-t=onlayout:2", context.toString());
        assertThat(engine.out("run", "--rm", "onlayout:2", "cat", "/a.txt")).isEqualTo("alpha");
    }

    /** What every buildx with bake files understands in the same way. */
    @Test
    void plainBakeFilesMeanTheSame() throws Exception {
        Files.writeString(context.resolve("docker-bake.hcl"), """
                variable "A" { default = "a" }
                function "twice" {
                  params = [x]
                  result = "${x}${x}"
                }
                group "default" { targets = ["one", "two"] }
                target "base" {
                  dockerfile = "other.Dockerfile"
                  args = { N = "${1 + 1}" }
                  labels = { "of.all" = upper(A) }
                }
                target "one" {
                  inherits = ["base"]
                  name = "one-${x}"
                  matrix = { x = ["p", "q"] }
                  tags = [for t in split(",", "k,l") : "r/${t}:${A}-${x}"]
                }
                target "two" {
                  inherits = ["base", "one-p"]
                  args = { N = twice("n"), J = jsonencode({ a = [1] }) }
                  contexts = { p = "target:one-q" }
                  platforms = ["linux/amd64"]
                  target = A == "a" ? "yes" : "no"
                }
                """);
        String[] words = {"bake", "-f", "docker-bake.hcl", "--print", "--set=two.args.M=1"};
        String theirs = buildx.out(context, words);
        EngineProcess.Outcome ours = engine.run(
                new byte[0],
                "bake",
                "-f",
                context.resolve("docker-bake.hcl").toString(),
                "--print",
                "--set=two.args.M=1");
        assertThat(ours.code()).as(ours.toString()).isZero();
        assertThat(theirs).contains(ours.out().strip());
    }

    @Test
    void bakeFilesMeanTheSame() throws Exception {
        // Older ones mean another thing by some words; BakeFileTest has what a newer one said.
        assumeThat(asksWhatIsAllowed()).isTrue();
        Files.writeString(context.resolve("docker-bake.hcl"), """
                variable "A" { default = "a" }
                group "default" { targets = ["one", "two"] }
                target "one" {
                  name = "one-${x}"
                  matrix = { x = ["p"] }
                  tags = [for t in split(",", "k,l") : "r/${t}:${A}-${x}"]
                  output = ["type=image,push=true", { type = "local", dest = "o" }]
                }
                target "two" {
                  inherits = ["one-p"]
                  args = { N = "${1 + 1}", J = jsonencode({ a = [1] }), E = "$${A}" }
                  contexts = { p = "target:one-p" }
                  secret = ["type=env,id=HOME"]
                }
                """);
        String[] words = {"bake", "-f", "docker-bake.hcl", "--print", "--set=two.args.M=1", "--load"};
        String theirs = buildx.out(context, words);
        EngineProcess.Outcome ours = engine.run(
                new byte[0],
                "bake",
                "-f",
                context.resolve("docker-bake.hcl").toString(),
                "--print",
                "--set=two.args.M=1",
                "--load");
        assertThat(ours.code()).as(ours.toString()).isZero();
        assertThat(theirs).contains(ours.out().strip());
    }

    @Test
    void buildsAreRemembered() throws Exception {
        Path about = home.resolve("remembered.json");
        build("-t=remembered:1", "--metadata-file=" + about);
        BuildClient.Said said = buildx.run(context, Map.of(), "history", "ls");
        // Older clients have no such command, and show what they have instead.
        if (!said.text().contains("unknown command") && !said.text().contains("Usage:")) {
            assertThat(said.text()).contains("Completed");
            assertThat(about).content().contains("buildx.build.provenance", "pkg:docker/busybox");
            int before = said.text().lines().toList().size();
            engine.kill();
            engine.start();
            assertThat(buildx.out(context, "history", "ls").lines()).hasSizeGreaterThanOrEqualTo(before);
            assertThat(buildx.out(context, "history", "logs")).contains("naming to docker.io/library/remembered:1");
            assertThat(buildx.out(context, "history", "inspect", "attachment", "--type=provenance"))
                    .contains("\"copy\"", "cat /a.txt /word >/both");
            Files.writeString(context.resolve("Dockerfile"), "FROM busybox\nRUN exit 9\n");
            buildx.run(context, Map.of(), "build", ".");
            assertThat(buildx.out(context, "history", "inspect")).contains(">>> RUN exit 9");
        }
    }
}
