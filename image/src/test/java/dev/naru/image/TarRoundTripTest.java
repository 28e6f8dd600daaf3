package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Properties of the tar and gzip codecs, with generated entries from fixed seeds. */
class TarRoundTripTest {
    private static final List<TarEntry.Type> TYPES = List.of(TarEntry.Type.values());

    record Member(TarEntry entry, byte[] content) {}

    private static Member random(Random random) {
        TarEntry.Type type = TYPES.get(random.nextInt(TYPES.size()));
        byte[] content = new byte[type == TarEntry.Type.FILE ? random.nextInt(3000) : 0];
        random.nextBytes(content);
        boolean device = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        boolean link = type == TarEntry.Type.SYMBOLIC_LINK || type == TarEntry.Type.HARD_LINK;
        Map<String, byte[]> xattrs = new HashMap<>();
        if (random.nextBoolean()) {
            byte[] value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            // An empty value would say "no such record" (pax, Extended Header Keyword Precedence).
            if (value.length > 0) {
                xattrs.put("user.test", value);
            }
        }
        String slash = type == TarEntry.Type.DIRECTORY ? "/" : "";
        return new Member(
                new TarEntry(
                        name(random, 250) + slash,
                        type,
                        random.nextInt(010000),
                        random.nextBoolean() ? random.nextInt(1 << 20) : 3_000_000_000L,
                        random.nextInt(1 << 24),
                        content.length,
                        random.nextBoolean() ? random.nextInt() : 1L << 34,
                        random.nextBoolean() ? 0 : random.nextInt(1_000_000_000),
                        link ? name(random, 300) : "",
                        device ? random.nextInt(4096) : 0,
                        device ? random.nextInt(256) : 0,
                        xattrs,
                        null,
                        content.length),
                content);
    }

    private static String name(Random random, int limit) {
        int length = 1 + random.nextInt(limit);
        var name = new StringBuilder("n");
        for (int i = 0; i < length; i++) {
            int kind = random.nextInt(12);
            name.append(
                    kind == 0
                            ? '/'
                            : kind == 1 ? (char) (128 + random.nextInt(128)) : (char) ('a' + random.nextInt(26)));
        }
        return name.append('z').toString();
    }

    private static byte[] archive(List<Member> members) {
        return ArchiveBuilder.tar(tar -> {
            for (Member member : members) {
                tar.file(member.entry(), member.content());
            }
        });
    }

    private static List<Member> read(ReadableByteChannel source) {
        var members = new ArrayList<Member>();
        try (var tar = new TarReader(source)) {
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                members.add(new Member(entry, tar.content(1 << 20, "member")));
            }
        }
        return members;
    }

    private static void assertSame(List<Member> read, List<Member> written) {
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
    }

    @Test
    void whatIsWrittenIsRead() {
        for (int seed = 0; seed < 100; seed++) {
            var random = new Random(seed);
            var members = new ArrayList<Member>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                members.add(random(random));
            }
            byte[] bytes = archive(members);
            assertSame(read(Channels.newChannel(new ByteArrayInputStream(bytes))), members);
        }
    }

    @Test
    void gzipOfSeveralMembersIsOneStream() throws IOException {
        var random = new Random(1);
        List<Member> members = List.of(random(random), random(random), random(random));
        byte[] bytes = archive(members);
        var out = new ByteArrayOutputStream();
        for (int at = 0; at < bytes.length; at += 700) {
            try (var gzip = new GZIPOutputStream(out)) {
                gzip.write(bytes, at, Math.min(700, bytes.length - at));
            }
        }
        out.write(new byte[100]);
        assertSame(read(Compression.plain(Channels.newChannel(new ByteArrayInputStream(out.toByteArray())))), members);
    }

    @Test
    void zstdIsRead() throws IOException {
        var random = new Random(2);
        List<Member> members = List.of(random(random), random(random));
        byte[] packed = com.github.luben.zstd.Zstd.compress(archive(members));
        assertSame(read(Compression.plain(Channels.newChannel(new ByteArrayInputStream(packed)))), members);
    }

    @Test
    void aDamagedGzipStreamIsRefused() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(archive(List.of(random(new Random(3)))));
        }
        byte[] bytes = out.toByteArray();
        bytes[bytes.length - 5] ^= 1;
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> {
                    try (var tar =
                            new TarReader(Compression.plain(Channels.newChannel(new ByteArrayInputStream(bytes))))) {
                        while (tar.next() != null) {}
                        tar.drain();
                    }
                })
                .hasMessageContaining("checksum is wrong");
    }
}
