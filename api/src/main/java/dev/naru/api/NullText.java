package dev.naru.api;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON of any shape with each null that is in it, where the records' writer leaves them out. */
final class NullText {
    private NullText() {}

    static byte[] line(@Nullable Object value) {
        var text = new StringBuilder();
        write(text, value);
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(StringBuilder text, @Nullable Object value) {
        switch (value) {
            case null -> text.append("null");
            case Map<?, ?> map -> {
                text.append('{');
                for (Iterator<? extends Map.Entry<?, ?>> all = map.entrySet().iterator(); all.hasNext(); ) {
                    Map.Entry<?, ?> entry = all.next();
                    text.append(Json.text(String.valueOf(entry.getKey()))).append(':');
                    write(text, entry.getValue());
                    text.append(all.hasNext() ? "," : "");
                }
                text.append('}');
            }
            case List<?> list -> {
                text.append('[');
                for (Iterator<?> all = list.iterator(); all.hasNext(); ) {
                    write(text, all.next());
                    text.append(all.hasNext() ? "," : "");
                }
                text.append(']');
            }
            // The parser makes a double of each number.
            case Double number
            when number == Math.rint(number) && Math.abs(number) < 1L << 53 -> text.append(number.longValue());
            default -> text.append(Json.text(value));
        }
    }
}
