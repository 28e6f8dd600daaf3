package dev.naru.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records of extended headers (POSIX.1-2017, pax Extended Header), as byte strings. */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";
    private static final String LIBARCHIVE_XATTR = "LIBARCHIVE.xattr.";

    private final Map<String, String> records = new HashMap<>();
    private final List<TarEntry.Run> sparse = new ArrayList<>();
    private long pendingOffset = -1;

    void parse(byte[] content) {
        int at = 0;
        while (at < content.length) {
            int space = at;
            while (space < content.length && content[space] >= '0' && content[space] <= '9' && space - at < 9) {
                space++;
            }
            if (space == at || space >= content.length || content[space] != ' ') {
                throw TarField.malformed("an extended header is broken");
            }
            int length = Integer.parseInt(new String(content, at, space - at, StandardCharsets.ISO_8859_1));
            int end = at + length;
            if (end > content.length || end <= space + 1 || content[end - 1] != '\n') {
                throw TarField.malformed("an extended header is broken");
            }
            String record = new String(content, space + 1, end - space - 2, StandardCharsets.ISO_8859_1);
            int equals = record.indexOf('=');
            if (equals <= 0) {
                throw TarField.malformed("an extended header is broken");
            }
            put(record.substring(0, equals), record.substring(equals + 1));
            at = end;
        }
    }

    private void put(String key, String value) {
        // GNU sparse 0.0 repeats these two for each run.
        if (key.equals("GNU.sparse.offset")) {
            pendingOffset = decimal(value);
        } else if (key.equals("GNU.sparse.numbytes") && pendingOffset >= 0) {
            sparse.add(new TarEntry.Run(pendingOffset, decimal(value)));
            pendingOffset = -1;
        } else if (value.isEmpty()) {
            records.remove(key);
        } else {
            records.put(key, value);
        }
    }

    boolean isEmpty() {
        return records.isEmpty() && sparse.isEmpty();
    }

    void addAll(PaxRecords others) {
        records.putAll(others.records);
        sparse.addAll(others.sparse);
    }

    @Nullable
    String get(String key) {
        return records.get(key);
    }

    long number(String key, long otherwise) {
        String value = records.get(key);
        return value == null ? otherwise : decimal(value);
    }

    static long decimal(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException none) {
            throw TarField.malformed("an extended header has a number that is none");
        }
    }

    Map<String, byte[]> xattrs() {
        if (records.isEmpty()) {
            return Map.of();
        }
        var xattrs = new HashMap<String, byte[]>();
        records.forEach((key, value) -> {
            if (key.startsWith(XATTR)) {
                xattrs.put(key.substring(XATTR.length()), value.getBytes(StandardCharsets.ISO_8859_1));
            } else if (key.startsWith(LIBARCHIVE_XATTR)) {
                String name = key.substring(LIBARCHIVE_XATTR.length());
                xattrs.putIfAbsent(name, base64(value));
            }
        });
        return xattrs;
    }

    private static byte[] base64(String value) {
        try {
            return java.util.Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException none) {
            throw TarField.malformed("an extended header is broken");
        }
    }

    /** Runs given in the header: GNU sparse 0.0 and 0.1; null when there are none. */
    @Nullable
    List<TarEntry.Run> sparse() {
        String map = records.get("GNU.sparse.map");
        if (map == null) {
            return sparse.isEmpty() ? null : List.copyOf(sparse);
        }
        String[] numbers = map.split(",", -1);
        var runs = new ArrayList<TarEntry.Run>();
        for (int i = 0; i + 1 < numbers.length; i += 2) {
            runs.add(new TarEntry.Run(decimal(numbers[i]), decimal(numbers[i + 1])));
        }
        return runs;
    }

    /** Seconds with a fraction, such as 1.5 or -0.25, as whole seconds and nanoseconds. */
    static long[] time(String value) {
        int dot = value.indexOf('.');
        if (dot < 0) {
            return new long[] {decimal(value), 0};
        }
        String fraction = (value.substring(dot + 1) + "000000000").substring(0, 9);
        boolean negative = value.startsWith("-");
        String whole = value.substring(0, dot);
        long seconds = whole.isEmpty() || whole.equals("-") ? 0 : decimal(whole);
        long nanos = decimal(fraction);
        if (nanos < 0) {
            throw TarField.malformed("an extended header has a time that is none");
        }
        return negative && nanos > 0 ? new long[] {seconds - 1, 1_000_000_000 - nanos} : new long[] {seconds, nanos};
    }
}
