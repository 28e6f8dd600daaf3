package dev.naru.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Encodes header blocks without a table: calls are few and their fields small, and no state can differ. */
final class HeaderWriter {
    private HeaderWriter() {}

    static byte[] write(Metadata fields) {
        var block = new ByteArrayOutputStream();
        fields.forEach((name, value) -> {
            // Literal without indexing, new name (RFC 7541 6.2.2).
            block.write(0);
            string(block, name);
            string(block, value);
        });
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = bytes.length;
        if (length < 0x7f) {
            block.write(length);
        } else {
            block.write(0x7f);
            for (length -= 0x7f; length >= 0x80; length >>>= 7) {
                block.write((length & 0x7f) | 0x80);
            }
            block.write(length);
        }
        block.writeBytes(bytes);
    }
}
