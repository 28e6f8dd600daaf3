package dev.naru.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the fields that {@link PlanWriter} describes. */
final class PlanFields {
    private final ByteBuffer buffer;

    PlanFields(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    long number() {
        return buffer.getLong();
    }

    String text() {
        byte[] bytes = new byte[buffer.getInt()];
        buffer.get(bytes).get();
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
