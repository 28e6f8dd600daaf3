package dev.naru.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Strings that the library's own reader refuses. */
final class LongTextsTest {
    private static final String LONG = "장\"\\\n\u0001/".repeat(20_000);
    private static final JsonMapper JSON =
            JsonMapper.builder().jsonStream(LongTexts.stream()).build();

    @Test
    void aLongStringIsReadAsItWasWritten() {
        Map<String, Object> written =
                Map.of("a", LONG, "b", List.of(1L, 2.5, true, "x", LONG, Map.of()), "c", Map.of("d", "e"));

        Map<String, Object> read = JSON.fromJsonObject(JSON.toJson(written));

        assertThat(read).isEqualTo(written);
    }

    @Test
    void whatIsBrokenIsRefused() {
        String string = "\"" + "x".repeat(50_000) + "\"";

        for (String broken : List.of(
                "{\"a\":" + string,
                "[" + string + " 1]",
                "[" + string + ",]",
                "{\"a\" " + string + "}",
                "[" + string + ",\"\\q\"]",
                "[" + string + ",\"\\u12\"]",
                "[" + string + ",nul]",
                "[" + string + ",\"x]")) {
            assertThatThrownBy(() -> JSON.fromJson(broken))
                    .as(broken.replace(string, "…"))
                    .isInstanceOf(JsonException.class);
        }
    }
}
