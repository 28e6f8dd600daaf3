package dev.naru.build;

import dev.naru.linux.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Makes a key of parts; no two different sequences of parts are the same bytes. */
final class KeyWriter {
    private final StringBuilder text = new StringBuilder();

    KeyWriter add(@Nullable String part) {
        if (part == null) {
            text.append("-;");
        } else {
            text.append(part.length()).append(':').append(part).append(';');
        }
        return this;
    }

    KeyWriter add(long number) {
        text.append(number).append(';');
        return this;
    }

    KeyWriter add(boolean flag) {
        text.append(flag ? "t;" : "f;");
        return this;
    }

    KeyWriter add(Collection<String> parts) {
        add(parts.size());
        parts.forEach(this::add);
        return this;
    }

    /** 64 hexadecimal digits. */
    String key() {
        try (var hash = new Sha256()) {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            hash.update(bytes, 0, bytes.length);
            return hash.hex();
        }
    }
}
