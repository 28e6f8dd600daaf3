package dev.naru.api;

import dev.naru.engine.TransferService;
import dev.naru.error.NaruException;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.CreateImageInfoBuilder;
import dev.naru.wire.ErrorDetail;
import dev.naru.wire.ImageSearchResponseItem;
import dev.naru.wire.PushLine;
import dev.naru.wire.RegistryAuth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the Engine API says to registries: pull, push, search, distribution, auth. */
final class TransferRoutes {
    private TransferRoutes() {}

    static void pull(Call call, String image) throws IOException {
        String tag = call.text("tag");
        String reference = tag == null ? image : image + (tag.contains(":") ? "@" : ":") + tag;
        TransferService transfers = call.engine().transfers();
        RegistryAuth auth = auth(call);
        lines(
                call,
                TransferRoutes::failedPull,
                sink -> transfers.pull(reference, tag == null, call.text("platform"), auth, sink));
    }

    static void push(Call call, String name) throws IOException {
        TransferService transfers = call.engine().transfers();
        RegistryAuth auth = auth(call);
        lines(
                call,
                TransferRoutes::failedPush,
                sink -> transfers.push(name, call.text("tag"), call.text("platform"), auth, sink));
    }

    static void inspect(Call call, String name) throws IOException {
        call.json(200, call.engine().transfers().inspect(name, auth(call)));
    }

    static void search(Call call) throws IOException {
        var found = call.engine()
                .transfers()
                .search(call.text("term", ""), call.number("limit"), call.filters(), auth(call));
        call.json(200, ImageSearchResponseItem.class, found);
    }

    static void login(Call call) throws IOException {
        call.json(200, call.engine().transfers().login(call.body(RegistryAuth.class)));
    }

    /** The header is JSON in base64 for addresses (RFC 4648 section 5); clients without credentials send nonsense there. */
    private static @Nullable RegistryAuth auth(Call call) {
        String header = call.request().headers().get("X-Registry-Auth", "");
        if (header.isEmpty()) {
            return null;
        }
        try {
            String plain = header.strip().replace('+', '-').replace('/', '_').replaceAll("=+$", "");
            byte[] json = Base64.getUrlDecoder().decode(plain.getBytes(StandardCharsets.US_ASCII));
            return JsonBody.read(RegistryAuth.class, json);
        } catch (IllegalArgumentException | NaruException nonsense) {
            return null;
        }
    }

    private static CreateImageInfo failedPull(String message, ErrorDetail detail) {
        return CreateImageInfoBuilder.builder()
                .errorDetail(detail)
                .error(message)
                .build();
    }

    private static PushLine failedPush(String message, ErrorDetail detail) {
        return new PushLine(null, null, null, null, message, detail, null);
    }

    /**
     * Sends lines as they come. An error before the first has its status; a later one is a line of its own. A client that
     * leaves ends the work.
     */
    private static <T> void lines(Call call, BiFunction<String, ErrorDetail, T> failed, Consumer<Consumer<T>> work)
            throws IOException {
        call.skipBody();
        var output = new LateStream(call.exchange(), "application/json");
        Consumer<T> sink = line -> StreamRoutes.unchecked(() -> {
            output.write(Json.line(line));
            output.flush();
        });
        call.exchange().interruptWhenClientLeaves();
        try {
            work.accept(sink);
        } catch (NaruException e) {
            if (!call.exchange().answered() || call.exchange().clientGone()) {
                throw e;
            }
            String message = String.valueOf(e.getMessage());
            sink.accept(failed.apply(message, new ErrorDetail(null, message)));
        }
        output.flush();
    }
}
