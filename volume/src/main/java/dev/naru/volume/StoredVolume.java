package dev.naru.volume;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The document of a volume; its id is its name.
 *
 * @param createdAt RFC 3339
 * @param users the containers that use it
 * @param holders who has it mounted now, when its driver mounts anything
 * @param limit how its size is limited: null, {@code image} or {@code project:ID}
 * @param unmade whether its driver may not have heard of it yet
 */
@Json
@RecordBuilder
record StoredVolume(
        String name,
        String driver,
        Map<String, String> options,
        Map<String, String> labels,
        String createdAt,
        boolean anonymous,
        List<String> users,
        List<String> holders,
        @Nullable String limit,
        boolean unmade) {
    static final String KIND = "volumes";

    StoredVolume {
        options = options == null ? Map.of() : Map.copyOf(options);
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        users = users == null ? List.of() : List.copyOf(users);
        holders = holders == null ? List.of() : List.copyOf(holders);
    }

    boolean isLocal() {
        return driver.equals(VolumeDriver.LOCAL);
    }

    StoredVolume withUsers(List<String> others) {
        return StoredVolumeBuilder.builder(this).users(others).build();
    }

    StoredVolume with(String holder) {
        var all = new ArrayList<>(holders);
        all.add(holder);
        return StoredVolumeBuilder.builder(this).holders(all).build();
    }

    StoredVolume without(String holder) {
        return StoredVolumeBuilder.builder(this)
                .holders(holders.stream().filter(each -> !each.equals(holder)).toList())
                .build();
    }

    StoredVolume made() {
        return StoredVolumeBuilder.builder(this).unmade(false).build();
    }

    Instant created() {
        return Instant.parse(createdAt);
    }
}
