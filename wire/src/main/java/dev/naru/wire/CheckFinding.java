package dev.naru.wire;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * Something that a check of the engine found, in Naru's own {@code POST /system/check?details=1}.
 *
 * @param subject what it is, such as {@code image busybox:latest}
 * @param problem what is wrong with it
 * @param repaired whether nothing is wrong with it any more
 * @param lost whether that took giving it up
 * @param hint what to do about it
 */
@Json
public record CheckFinding(
        @Json.Property("Subject") String subject,
        @Json.Property("Problem") String problem,
        @Json.Property("Repaired") boolean repaired,
        @Json.Property("Lost") boolean lost,
        @Json.Property("Hint") @Nullable String hint) {
    /** In one line. */
    public String text() {
        String more = hint == null || hint.isEmpty() ? "" : ": " + hint;
        return subject + ": " + problem + (repaired ? lost ? ": given up" : ": repaired" : "") + more;
    }
}
