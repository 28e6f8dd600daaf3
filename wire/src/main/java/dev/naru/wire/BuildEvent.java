package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens in a build, as {@code POST /build?progress=events} tells it. An extension of this engine.
 *
 * @param event {@code started}, {@code completed}, {@code failed}, {@code output}, {@code moved}, {@code warning}, and at the
 *     end {@code done}
 * @param step digest of the step that it is about
 * @param data output, base64
 * @param current of {@code total} bytes that have moved
 * @param image the image's id, at the end
 */
@Json
@RecordBuilder
public record BuildEvent(
        String event,
        @Nullable String step,
        @Nullable String name,
        @Nullable Boolean cached,
        @Nullable String message,
        @Nullable Integer exitCode,
        @Nullable String file,
        @Nullable Integer line,
        @Nullable Integer stream,
        @Nullable String data,
        @Nullable String id,
        @Nullable Long current,
        @Nullable Long total,
        @Nullable Boolean done,
        @Nullable String image) {}
