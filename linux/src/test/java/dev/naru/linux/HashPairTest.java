package dev.naru.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashPairTest {
    private static String expected(String algorithm, byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    }

    private static MemorySegment part(byte[] content, int from, int to) {
        return MemorySegment.ofArray(content).asSlice(from, to - from);
    }

    @Test
    void processorsWithTheInstructionsMakeTwoAtOnce() {
        boolean has = List.of(KernelFile.read("/proc/cpuinfo").split("\\s+")).contains("sha_ni");
        assertThat(Sha256Pair.works()).isEqualTo(has);
    }

    /** Wherever the contents are cut, and however the pieces' lengths differ. */
    @Test
    void twoHashesMadeTogetherAreThoseMadeApart() throws Exception {
        var random = new Random(7);
        for (int round = 0; round < 300; round++) {
            byte[] one = new byte[random.nextInt(2000)];
            byte[] two = new byte[random.nextInt(2000)];
            random.nextBytes(one);
            random.nextBytes(two);
            try (var first = new Hash(Hash.Algorithm.SHA256);
                    var second = new Hash(Hash.Algorithm.SHA256)) {
                int a = 0;
                int b = 0;
                while (a < one.length || b < two.length) {
                    int nextA = Math.min(one.length, a + random.nextInt(300));
                    int nextB = Math.min(two.length, b + random.nextInt(300));
                    Hash.update(first, part(one, a, nextA), second, part(two, b, nextB));
                    a = nextA;
                    b = nextB;
                }
                assertThat(List.of(first.hex(), second.hex()))
                        .containsExactly(expected("SHA-256", one), expected("SHA-256", two));
            }
        }
    }

    @Test
    void differentAlgorithmsGoTogetherToo() throws Exception {
        byte[] content = new byte[1000];
        try (var first = new Hash(Hash.Algorithm.SHA256);
                var second = new Hash(Hash.Algorithm.SHA512)) {
            Hash.update(first, MemorySegment.ofArray(content), second, MemorySegment.ofArray(content));
            assertThat(first.hex()).isEqualTo(expected("SHA-256", content));
            assertThat(second.hex()).isEqualTo(expected("SHA-512", content));
        }
    }

    /** More than four gigabits: the count of them has two halves. */
    @Test
    void countsMoreThanFourGigabits() throws Exception {
        byte[] piece = new byte[8 << 20];
        try (var first = new Hash(Hash.Algorithm.SHA256);
                var second = new Hash(Hash.Algorithm.SHA256);
                var apart = new Hash(Hash.Algorithm.SHA256)) {
            for (int i = 0; i < 65; i++) {
                Hash.update(first, MemorySegment.ofArray(piece), second, MemorySegment.ofArray(piece));
                apart.update(MemorySegment.ofArray(piece));
            }
            assertThat(first.hex()).isEqualTo(second.hex()).isEqualTo(apart.hex());
        }
    }
}
