package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a build leaves: after the engine's death, of its secrets, and on another machine. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class BuildPromisesIT {
    private static final int KILLS = Integer.getInteger("naru.build.kills", 3);
    private static final int STEPS = 12;

    @TempDir
    private Path context;

    @TempDir
    private Path home;

    private EngineProcess engine;

    @BeforeEach
    void start() throws Exception {
        engine = new EngineProcess();
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
    }

    @Test
    void finishedStepsSurviveTheEnginesDeath() throws Exception {
        var text = new StringBuilder("FROM busybox AS side\nCOPY word /\nRUN sleep 1; echo side\nFROM busybox\n");
        for (int i = 0; i < STEPS; i++) {
            text.append("RUN sleep 0.15; echo ran-").append(i).append(".\n");
        }
        Files.writeString(context.resolve("word"), "word");
        Files.writeString(context.resolve("Dockerfile"), text + "COPY --from=side /word /\n");
        var random = new Random(20261121);
        int finished = 0;
        for (int round = 0; round < KILLS; round++) {
            Path said = Files.createTempFile(home, "said", "");
            Process client = new ProcessBuilder(
                            EngineProcess.program().toString(), "-H", engine.host(), "build", "--progress=plain", ".")
                    .directory(context.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            Thread.sleep(400 + random.nextInt(900));
            engine.kill();
            client.waitFor();
            engine.start();
            List<Integer> ran = ran(Files.readString(said));
            assertThat(ran).allMatch(notBefore(finished));
            finished = Math.max(finished, ran.isEmpty() ? 0 : Collections.max(ran));
        }
        EngineProcess.Outcome last = engine.naru("build", "--progress=plain", "-t", "survived", context.toString());
        assertThat(ran(last.out() + last.err())).allMatch(notBefore(finished));
        assertThat(engine.out("run", "--rm", "survived", "cat", "/word")).isEqualTo("word");
        assertThat(engine.out("ps", "-aq")).isEmpty();
        assertThat(engine.out("system", "check")).isEqualTo("clean");
    }

    private static Predicate<Integer> notBefore(int step) {
        return each -> each >= step;
    }

    /** The steps that spoke; those before the last of them are done. */
    private static List<Integer> ran(String text) {
        return Pattern.compile("(?m)^#\\d+ [0-9.]+ ran-(\\d+)\\.$")
                .matcher(text)
                .results()
                .map(each -> Integer.valueOf(each.group(1)))
                .toList();
    }

    @Test
    void longChainsOfStepsAreBuilt() throws Exception {
        var text = new StringBuilder("FROM busybox\n");
        for (int i = 0; i < 200; i++) {
            text.append("LABEL l").append(i).append("=x\nCOPY word /\n");
        }
        Files.writeString(context.resolve("word"), "word");
        Files.writeString(context.resolve("Dockerfile"), text);
        EngineProcess.Outcome outcome = engine.naru("build", "-t", "long", context.toString());
        assertThat(outcome.code()).as(outcome.toString()).isZero();
    }

    @Test
    void secretsAreNowhere() throws Exception {
        String secret = "hush-" + System.nanoTime() + "-hush";
        Files.writeString(context.resolve("Dockerfile"), """
                FROM busybox
                RUN --mount=type=secret,id=token --mount=type=cache,target=/cache \\
                    test "$(wc -c </run/secrets/token)" -gt 9 && cat /run/secrets/token >/dev/null && touch /cache/x
                RUN --mount=type=secret,id=token,env=TOKEN test -n "$TOKEN" && echo made >/made
                """);
        Path file = home.resolve("token");
        Files.writeString(file, secret);
        String source = "id=token,src=" + file;
        EngineProcess.Outcome said =
                engine.naru("build", "--progress=plain", "--secret", source, "-t", "made", context.toString());
        assertThat(said.out() + said.err()).doesNotContain(secret);
        assertThat(engine.out("run", "--rm", "made", "cat", "/made")).isEqualTo("made");
        assertThat(engine.out("history", "--no-trunc", "made")).doesNotContain(secret);
        assertThat(engine.out("inspect", "made")).doesNotContain(secret);
        byte[] wanted = secret.getBytes(StandardCharsets.UTF_8);
        engine.stop();
        try (Stream<Path> files = Files.walk(engine.directory())) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                assertThat(contains(each, wanted)).as(each.toString()).isFalse();
            }
        }
    }

    private static boolean contains(Path file, byte[] wanted) throws IOException {
        String marker = new String(wanted, StandardCharsets.ISO_8859_1);
        try (InputStream in = Files.newInputStream(file)) {
            String before = "";
            for (byte[] piece = in.readNBytes(1 << 20); piece.length > 0; piece = in.readNBytes(1 << 20)) {
                String text = before + new String(piece, StandardCharsets.ISO_8859_1);
                if (text.contains(marker)) {
                    return true;
                }
                before = text.substring(Math.max(0, text.length() - wanted.length));
            }
            return false;
        }
    }

    @Test
    void sameFilesGiveTheSameDigestElsewhere() throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            names.add("d" + i % 7 + "/f" + i);
        }
        List<String> shuffled = new ArrayList<>(names);
        Collections.shuffle(shuffled, new Random(3));
        Path here = context(names, "here", 1_700_000_000);
        Path there = context(shuffled, "there", 1_700_000_000);
        Path later = context(shuffled, "later", 1_710_000_000);
        // To these the machine's clock is behind, and what steps write would keep its times.
        Path ahead = context(names, "ahead", 2_100_000_000);
        Path thereAhead = context(shuffled, "there-ahead", 2_100_000_000);
        Path busybox = home.resolve("busybox.tar");
        engine.out("save", "-o", busybox.toString(), "busybox");
        try (EngineProcess other = EngineProcess.secretive()) {
            other.out("load", "-i", busybox.toString());
            for (String epoch : new String[] {"", "SOURCE_DATE_EPOCH=1600000000", "SOURCE_DATE_EPOCH=context"}) {
                String first = build(engine, here, epoch);
                assertThat(build(other, there, epoch)).as(epoch).isEqualTo(first);
                if (epoch.endsWith("0")) {
                    assertThat(build(other, later, epoch)).isEqualTo(first);
                }
                assertThat(build(other, thereAhead, epoch)).as(epoch).isEqualTo(build(engine, ahead, epoch));
            }
        }
    }

    private Path context(List<String> names, String name, long time) throws IOException {
        Path root = Files.createDirectory(context.resolve(name));
        for (String each : names) {
            Path file = root.resolve(each);
            Files.createDirectories(file.getParent());
            Files.writeString(file, each);
        }
        Files.writeString(root.resolve("Dockerfile"), """
                FROM busybox
                COPY --chmod=755 . /all/
                RUN umask 077; mkdir /z; for i in 5 3 9 1; do echo $i >/z/$i; done; cp -r /all /copy
                """);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path each : files.toList()) {
                Files.setLastModifiedTime(each, FileTime.from(Instant.ofEpochSecond(time)));
            }
        }
        return root;
    }

    private static String build(EngineProcess engine, Path context, String epoch) throws Exception {
        List<String> words = new ArrayList<>(List.of("build", "-q", "-t", "same"));
        if (!epoch.isEmpty()) {
            words.addAll(List.of("--build-arg", epoch));
        }
        words.add(context.toString());
        EngineProcess.Outcome outcome = engine.naru(words.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.toString()).isZero();
        return outcome.out().strip();
    }
}
