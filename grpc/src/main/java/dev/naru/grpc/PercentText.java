package dev.naru.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** How {@code grpc-message} has text: UTF-8, all but printable ASCII as {@code %XX}. */
final class PercentText {
    private PercentText() {}

    static String encode(String text) {
        var encoded = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each >= ' ' && each <= '~' && each != '%') {
                encoded.append((char) each);
            } else {
                encoded.append('%').append("%02X".formatted(each & 0xff));
            }
        }
        return encoded.toString();
    }

    static String decode(String text) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            int high = each == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
            if (low >= 0) {
                bytes.write((high << 4) | low);
                i += 2;
            } else {
                bytes.write(each);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
