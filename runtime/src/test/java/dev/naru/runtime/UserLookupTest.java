package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class UserLookupTest {
    private final UserLookup files = new UserLookup("""
            # comment:x:9:9::/nowhere:
            root:x:0:0:root:/root:/bin/sh
            broken
            web:x:33:34:www:/var/www:/bin/false
            1000:x:7:8:odd name:/odd:
            relative:x:50:50::home:/bin/sh
            """, """
            root:x:0:
            www:x:34:
            audio:x:29:root,web
            video:x:44:web
            broken:x:-1:web
            """);

    @Test
    void nobodyInParticularIsRoot() {
        UserLookup.Identity identity = files.resolve("", List.of());

        assertThat(identity.user().uid()).isZero();
        assertThat(identity.user().additionalGids()).containsExactly(0, 29);
        assertThat(identity.home()).isEqualTo("/root");
    }

    @Test
    void namesAndIdsAreFoundWithTheirGroups() {
        assertThat(files.resolve("web", List.of()).user().gid()).isEqualTo(34);
        assertThat(files.resolve("web", List.of()).user().additionalGids()).containsExactly(34, 29, 44);
        assertThat(files.resolve("33", List.of())).isEqualTo(files.resolve("web", List.of()));
        assertThat(files.resolve("web:video", List.of()).user().additionalGids())
                .containsExactly(44);
        assertThat(files.resolve("33:5", List.of("audio", "77")).user().additionalGids())
                .containsExactly(5, 29, 77);
        assertThat(files.resolve("1000", List.of()).user().uid()).isEqualTo(7);
    }

    @Test
    void unknownIdsAreTakenAndUnknownNamesRefused() {
        assertThat(files.resolve("4242", List.of()).user().uid()).isEqualTo(4242);
        assertThat(files.resolve("4242", List.of()).home()).isEqualTo("/");
        assertThatThrownBy(() -> files.resolve("nobody", List.of()))
                .isInstanceOf(NaruException.class)
                .hasMessage("unable to find user nobody: no matching entries in passwd file");
        assertThatThrownBy(() -> files.resolve("web:nogroup", List.of()))
                .hasMessage("unable to find group nogroup: no matching entries in group file");
        assertThatThrownBy(() -> files.resolve("2147483648", List.of())).hasMessageContaining("0 to 2147483647");
        assertThatThrownBy(() -> files.resolve("-1", List.of())).isInstanceOf(NaruException.class);
    }

    @Test
    void homeThatIsNotAbsoluteIsNotUsed() {
        assertThat(files.resolve("relative", List.of()).home()).isEqualTo("/");
    }

    @Test
    void hostileFilesDoNoHarm() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(400); j > 0; j--) {
                text.append("root:0123:::\n,\0x".charAt(random.nextInt(16)));
            }
            assertThatCode(() -> new UserLookup(text.toString(), text.toString()).resolve("0", List.of("0")))
                    .doesNotThrowAnyException();
        }
        String line = "a".repeat(11_000_000);
        assertThatCode(() -> new UserLookup(line, line).resolve("0", List.of())).doesNotThrowAnyException();
    }
}
