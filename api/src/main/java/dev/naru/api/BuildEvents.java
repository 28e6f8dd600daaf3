package dev.naru.api;

import dev.naru.engine.ClassicBuildRequest;
import dev.naru.error.NaruException;
import dev.naru.wire.BuildEvent;
import dev.naru.wire.BuildEventBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A build told event by event, for our own command line: an extension of {@code POST /build}. */
final class BuildEvents {
    private static final String SECRETS = "X-Naru-Secrets";

    private BuildEvents() {}

    static void build(Call call, ClassicBuildRequest request) throws IOException {
        BuildRoutes.answer(call, output -> {
            Consumer<BuildEvent> sink = event -> StreamRoutes.unchecked(() -> {
                output.write(Json.line(event));
                output.flush();
            });
            String id = call.engine()
                    .builds()
                    .described(request, call.bodyStream(), () -> BuildRoutes.received(call), sink);
            sink.accept(BuildEventBuilder.builder().event("done").image(id).build());
        });
    }

    /** Values by id, from a header that is base64 of JSON with base64 values: never in an address, which logs keep. */
    static Map<String, byte[]> secrets(Call call) {
        String header = call.exchange().request().headers().get(SECRETS);
        var secrets = new HashMap<String, byte[]>();
        if (header == null) {
            return secrets;
        }
        try {
            String json = new String(Base64.getDecoder().decode(header), StandardCharsets.UTF_8);
            if (Json.read(json) instanceof Map<?, ?> values) {
                values.forEach((id, value) ->
                        secrets.put(String.valueOf(id), Base64.getDecoder().decode(String.valueOf(value))));
            }
            return secrets;
        } catch (RuntimeException malformed) {
            throw NaruException.invalid("malformed header " + SECRETS);
        }
    }
}
