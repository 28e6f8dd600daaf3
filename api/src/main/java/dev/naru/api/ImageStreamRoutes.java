package dev.naru.api;

import dev.naru.engine.ImageService;
import dev.naru.error.NaruException;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.CreateImageInfoBuilder;
import dev.naru.wire.ErrorDetail;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Images on their way in and out, with progress as JSON lines. */
final class ImageStreamRoutes {
    private ImageStreamRoutes() {}

    static void save(Call call, List<String> names) throws IOException {
        var all = new ArrayList<String>();
        for (String each : names) {
            all.addAll(List.of(each.split(",")));
        }
        var output = new LateStream(call.exchange(), "application/x-tar");
        call.engine().images().save(all, platforms(call), output);
        output.flush();
    }

    private static List<String> platforms(Call call) {
        return call.version().before(48) ? List.of() : call.query().all("platform");
    }

    static void load(Call call) throws IOException {
        boolean quiet = call.flag("quiet");
        // Docker has answered 200 before it looks at the archive: clients read the error in the stream.
        progress(call, true, sink -> call.engine().images().load(call.bodyStream(), platforms(call), quiet, sink));
    }

    /** Pulls an image, or imports one from the body. */
    static void create(Call call) throws IOException {
        String image = call.text("fromImage");
        String source = call.text("fromSrc");
        if (image != null) {
            TransferRoutes.pull(call, image);
            return;
        }
        if (source == null) {
            throw NaruException.invalid("cannot create an image: fromImage or fromSrc is needed");
        }
        var request = new ImageService.ImportRequest(
                call.text("repo"),
                call.text("tag"),
                call.text("message"),
                call.query().all("changes"),
                call.text("platform"));
        if (!source.equals("-")) {
            fetched(call, source, request);
            return;
        }
        InputStream tar = call.bodyStream();
        progress(call, false, sink -> sink.accept(status(call.engine().images().importRootfs(tar, request))));
    }

    /** Imports what an address answers; the engine fetches it, not the client. */
    private static void fetched(Call call, String source, ImageService.ImportRequest request) throws IOException {
        try (InputStream tar = ImportSource.open(source)) {
            progress(call, false, sink -> {
                sink.accept(status("Downloading from " + source));
                sink.accept(status(call.engine().images().importRootfs(tar, request)));
            });
        }
    }

    private static CreateImageInfo status(String text) {
        return CreateImageInfoBuilder.builder().status(text).build();
    }

    /**
     * An error before the first line has its status; a later one is a line of its own, as clients expect it.
     *
     * @param begun whether an error before the first line is a line too
     */
    private static void progress(Call call, boolean begun, Consumer<Consumer<CreateImageInfo>> work)
            throws IOException {
        var output = new LateStream(call.exchange(), "application/json");
        Consumer<CreateImageInfo> sink = line -> StreamRoutes.unchecked(() -> {
            output.write(Json.line(line));
            output.flush();
        });
        try {
            work.accept(sink);
        } catch (NaruException e) {
            if (!(begun || call.exchange().answered()) || call.exchange().clientGone()) {
                throw e;
            }
            String message = String.valueOf(e.getMessage());
            sink.accept(CreateImageInfoBuilder.builder()
                    .errorDetail(new ErrorDetail(null, message))
                    .error(message)
                    .build());
        }
        output.flush();
    }
}
