package dev.naru.http;

import java.nio.charset.StandardCharsets;

/** Percent-encoding of RFC 3986 section 2.1, of UTF-8. */
public final class PercentCode {
    private static final String PLAIN = "-._~/:@!$'()*,";
    private static final char[] DIGITS = "0123456789ABCDEF".toCharArray();

    private PercentCode() {}

    /** @param form whether a plus sign is a space, as in queries */
    static String decode(String text, boolean form) throws HttpException {
        if (text.indexOf('%') < 0 && !hasHighOrPlus(text, form)) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '%') {
                int high = at + 2 < text.length() ? Character.digit(text.charAt(at + 1), 16) : -1;
                int low = at + 2 < text.length() ? Character.digit(text.charAt(at + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new HttpException(400, "malformed percent-encoding");
                }
                bytes[length++] = (byte) (high << 4 | low);
                at += 2;
            } else {
                bytes[length++] = (byte) (form && c == '+' ? ' ' : c);
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Encodes what may not stand in a path or a query's value; slashes stay. */
    public static String encode(String text) {
        var encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || PLAIN.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(DIGITS[c >> 4]).append(DIGITS[c & 15]);
            }
        }
        return encoded.toString();
    }

    /** A head is read as Latin-1; raw UTF-8 in it has to be put together again. */
    private static boolean hasHighOrPlus(String text, boolean form) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c >= 0x80 || (form && c == '+')) {
                return true;
            }
        }
        return false;
    }
}
