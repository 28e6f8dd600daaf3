package dev.naru.api;

import dev.naru.engine.ClassicBuildRequest;
import dev.naru.engine.GraphBuildRequest;
import dev.naru.error.NaruException;
import dev.naru.wire.BuildLine;
import dev.naru.wire.BuildLineBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code POST /build?version=2}: the answer is the build's progress in BuildKit's messages, and the image's id. */
final class GraphBuildRoute {
    private static final String TRACE = "{\"id\":\"moby.buildkit.trace\",\"aux\":\"";

    private GraphBuildRoute() {}

    static void build(Call call, ClassicBuildRequest build) throws IOException {
        var request = new GraphBuildRequest(build, call.text("session", ""), texts(call, "cachefrom"), outputs(call));
        BuildRoutes.answer(call, output -> {
            String image = call.graphBuilds().build(request, call.bodyStream(), new Telling(call, output));
            if (!image.isEmpty()) {
                output.write(Json.line(BuildLineBuilder.builder()
                        .id("moby.image.id")
                        .aux(new BuildLine.ImageId(image))
                        .build()));
                if (build.quiet()) {
                    output.write(Json.line(
                            BuildLineBuilder.builder().stream(image + "\n").build()));
                }
            }
        });
    }

    /** The answer under way; the progress has a thread of its own. */
    private record Telling(Call call, LateStream output) implements GraphBuildRequest.Answer {
        @Override
        public void received() {
            BuildRoutes.received(call);
        }

        @Override
        public void status(byte[] message) {
            StreamRoutes.unchecked(() -> {
                output.write((TRACE + Base64.getEncoder().encodeToString(message) + "\"}\n")
                        .getBytes(StandardCharsets.US_ASCII));
                output.flush();
            });
        }
    }

    private static List<String> texts(Call call, String name) {
        var texts = new ArrayList<String>();
        if (BuildRoutes.parsed(call, name) instanceof List<?> list) {
            list.forEach(each -> texts.add(String.valueOf(each)));
        }
        return texts;
    }

    private static List<GraphBuildRequest.Output> outputs(Call call) {
        var outputs = new ArrayList<GraphBuildRequest.Output>();
        if (BuildRoutes.parsed(call, "outputs") instanceof List<?> list) {
            for (Object each : list) {
                if (!(each instanceof Map<?, ?> output) || !(output.get("Type") instanceof String type)) {
                    throw NaruException.invalid("error reading outputs: each needs a Type");
                }
                var attributes = new LinkedHashMap<String, String>();
                if (output.get("Attrs") instanceof Map<?, ?> given) {
                    given.forEach((key, value) -> attributes.put(String.valueOf(key), String.valueOf(value)));
                }
                outputs.add(new GraphBuildRequest.Output(type, attributes));
            }
        }
        return outputs;
    }
}
