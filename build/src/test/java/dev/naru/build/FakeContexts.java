package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.RootFs;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Contexts of a few files in memory, and the images {@code busybox}, {@code onbuild}, {@code rich} and {@code arm}. */
final class FakeContexts implements BuildContextAccess {
    private static final List<String> NAMES = List.of("busybox", "onbuild", "rich", "arm", "tool");

    private final Map<String, String> files = new HashMap<>();

    FakeContexts file(String path, String content) {
        files.put(path, content);
        return this;
    }

    @Override
    public ResolvedImage image(Source source, Platform platform) {
        String reference =
                switch (source) {
                    case Source.Image image -> image.reference();
                    case Source.Layout layout -> layout.reference();
                    default -> throw new IllegalArgumentException(source.toString());
                };
        String name = reference.replaceFirst(".*/", "").replaceFirst("[:@].*", "");
        if (!NAMES.contains(name)) {
            throw NaruException.notFound(reference + ": not found");
        }
        Platform actual = name.equals("arm") ? new Platform("arm64", "linux", null, null, null) : platform;
        var run = new ImageRunConfig(
                name.equals("rich") ? "app" : null,
                null,
                List.of("PATH=/bin", "BASE=" + name),
                name.equals("rich") ? List.of("/entry") : null,
                List.of("sh"),
                null,
                name.equals("rich") ? "/srv" : null,
                name.equals("rich") ? Map.of("from", "base") : null,
                null,
                null,
                null,
                name.equals("onbuild") ? List.of("COPY . /app", "RUN make") : null,
                null);
        var history = List.of(new History(null, "base of " + name, null, null, null));
        var config = new ImageConfig(
                null,
                null,
                actual.architecture(),
                actual.os(),
                null,
                null,
                actual.variant(),
                run,
                new RootFs("layers", List.of()),
                history,
                null,
                null,
                null);
        return new ResolvedImage(reference, null, config);
    }

    @Override
    public Optional<byte[]> file(Vertex.Input tree, String path) {
        String content = files.get(path);
        return content == null ? Optional.empty() : Optional.of(content.getBytes(StandardCharsets.UTF_8));
    }
}
