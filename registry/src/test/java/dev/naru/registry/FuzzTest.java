package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes, it is taken or refused in words. */
class FuzzTest {
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "true",
            "2",
            "-1",
            "1e99",
            "\"",
            "\\u0000",
            "\"schemaVersion\":2",
            "\"mediaType\":\"application/vnd.oci.image.index.v1+json\"",
            "\"manifests\":[",
            "\"layers\":[",
            "\"config\":{",
            "\"digest\":\"sha256:" + "a".repeat(64) + "\"",
            "\"size\":9223372036854775808",
            "\"size\":1");

    @Provide
    Arbitrary<String> almostManifests() {
        return Arbitraries.of(PIECES).list().ofMaxSize(30).map(list -> String.join("", list));
    }

    @Property(tries = 2000)
    void manifests(@ForAll("almostManifests") String text) {
        try {
            ManifestContent.of("", text.getBytes(StandardCharsets.UTF_8), "x");
        } catch (NaruException refused) {
            assertThat(refused.kind()).isIn(ErrorKind.INVALID, ErrorKind.NOT_SUPPORTED);
        }
    }

    @Property(tries = 1000)
    void manifestBytes(@ForAll byte[] content) {
        try {
            ManifestContent.of("application/vnd.oci.image.manifest.v1+json", content, "x");
        } catch (NaruException refused) {
            assertThat(refused.kind()).isIn(ErrorKind.INVALID, ErrorKind.NOT_SUPPORTED);
        }
    }

    @Provide
    Arbitrary<String> almostReferences() {
        return Arbitraries.of(
                        "a",
                        "A",
                        "/",
                        ":",
                        "@",
                        ".",
                        "-",
                        "_",
                        "localhost",
                        "docker.io",
                        "sha256:",
                        "..",
                        "\u0000",
                        "é",
                        "[::1]",
                        "a".repeat(64),
                        "443")
                .list()
                .ofMaxSize(8)
                .map(list -> String.join("", list));
    }

    @Example
    void shortFormsAreReadAsTheSame() {
        for (String text : List.of(
                "docker.io/localhost/a",
                "docker.io/a.b/c",
                "docker.io/library/a",
                "docker.io/library/a/b",
                "localhost/a")) {
            Reference parsed = Reference.parse(text);
            assertThat(Reference.parse(parsed.familiar())).as(text).isEqualTo(parsed);
        }
        assertThat(Reference.parse("docker.io/library/a").familiar()).isEqualTo("a");
        assertThat(Reference.parse("docker.io/a/b").familiar()).isEqualTo("a/b");
        assertThat(Reference.parse("docker.io/localhost/a").familiar()).isEqualTo("docker.io/localhost/a");
    }

    @Property(tries = 3000)
    void references(@ForAll("almostReferences") String text) {
        try {
            Reference parsed = Reference.parse(text);
            assertThat(Reference.parse(parsed.toString())).isEqualTo(parsed);
            assertThat(Reference.parse(parsed.familiar())).isEqualTo(parsed);
        } catch (NaruException refused) {
            assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID);
        }
    }

    @Property(tries = 2000)
    void challenges(@ForAll String text) {
        assertThat(Challenge.parse(List.of("Bearer realm=\"" + text, text))).isNotEmpty();
    }

    @Property(tries = 2000)
    void hostFiles(@ForAll String text) {
        try {
            Toml.parse(text);
        } catch (NaruException refused) {
            assertThat(refused.kind()).isEqualTo(ErrorKind.INVALID);
        }
    }
}
