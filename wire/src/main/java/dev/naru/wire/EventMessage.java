package dev.naru.wire;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** The EventMessage object of the Engine API v1.51; an absent field is null. */
@Json
@RecordBuilder
public record EventMessage(
        @Json.Property("status") @Nullable String status,
        @Json.Property("id") @Nullable String id,
        @Json.Property("from") @Nullable String from,
        @Json.Property("Type") @Nullable String type,
        @Json.Property("Action") @Nullable String action,
        @Json.Property("Actor") @Nullable EventActor actor,
        @Json.Property("scope") @Nullable String scope,
        @Json.Property("time") @Nullable Long time,
        @Json.Property("timeNano") @Nullable Long timeNano) {
    /** An event without the fields of older API versions: status, id and from, which container and image events have. */
    public EventMessage(
            @Nullable String type,
            @Nullable String action,
            @Nullable EventActor actor,
            @Nullable String scope,
            @Nullable Long time,
            @Nullable Long timeNano) {
        this(null, null, null, type, action, actor, scope, time, timeNano);
    }
}
