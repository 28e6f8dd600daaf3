package dev.naru.cli;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Functions of encodings, digests, times, versions. */
final class HclCodeFunctions {
    private HclCodeFunctions() {}

    static void add(Map<String, HclScope.Function> all) {
        unary(all, "base64encode", text -> Base64.getEncoder().encodeToString(bytes(text)));
        unary(all, "base64decode", HclCodeFunctions::decoded);
        unary(all, "urlencode", text -> URLEncoder.encode(text, StandardCharsets.UTF_8));
        unary(all, "md5", text -> digest("MD5", text));
        unary(all, "sha1", text -> digest("SHA-1", text));
        unary(all, "sha256", text -> digest("SHA-256", text));
        unary(all, "sha512", text -> digest("SHA-512", text));
        all.put("jsonencode", arguments -> {
            HclFunctions.count(arguments, 1, 1);
            return HclValues.json(arguments.getFirst());
        });
        all.put("jsondecode", arguments -> {
            HclFunctions.count(arguments, 1, 1);
            try {
                return HclValues.of(Json.read(bytes(HclFunctions.text(arguments, 0))));
            } catch (CliException malformed) {
                throw new HclValues.Unsuitable("it is not JSON");
            }
        });
        all.put("csvdecode", HclCodeFunctions::table);
        all.put("uuidv4", arguments -> UUID.randomUUID().toString());
        all.put("uuidv5", HclCodeFunctions::named);
        all.put(
                "timestamp",
                arguments -> Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        all.put("timeadd", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                    time(HclFunctions.text(arguments, 0)).plus(duration(HclFunctions.text(arguments, 1))));
        });
        all.put("formatdate", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            return date(HclFunctions.text(arguments, 0), time(HclFunctions.text(arguments, 1)));
        });
        all.put("homedir", arguments -> System.getProperty("user.home"));
        all.put("convert", arguments -> {
            throw new HclValues.Unsuitable("convert is not supported: give the variable a type");
        });
        all.put("semvercmp", HclCodeFunctions::version);
    }

    private static void unary(Map<String, HclScope.Function> all, String name, UnaryOperator<String> function) {
        all.put(name, arguments -> {
            HclFunctions.count(arguments, 1, 1);
            return function.apply(HclFunctions.text(arguments, 0));
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        try {
            return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new HclValues.Unsuitable("failed to decode base64 data: " + malformed.getMessage());
        }
    }

    private static String digest(String algorithm, String text) {
        return HexFormat.of().formatHex(hash(algorithm, bytes(text)));
    }

    private static byte[] hash(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Object named(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 2, 2);
        String space =
                switch (HclFunctions.text(arguments, 0)) {
                    case "dns" -> "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
                    case "url" -> "6ba7b811-9dad-11d1-80b4-00c04fd430c8";
                    case "oid" -> "6ba7b812-9dad-11d1-80b4-00c04fd430c8";
                    case "x500" -> "6ba7b814-9dad-11d1-80b4-00c04fd430c8";
                    case String other -> other;
                };
        UUID id;
        try {
            id = UUID.fromString(space);
        } catch (IllegalArgumentException malformed) {
            throw new HclValues.Unsuitable("uuidv5() doesn't support namespace " + space);
        }
        byte[] name = bytes(HclFunctions.text(arguments, 1));
        byte[] hash = hash(
                "SHA-1",
                ByteBuffer.allocate(16 + name.length)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .put(name)
                        .array());
        // RFC 9562, 5.5
        hash[6] = (byte) ((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte) ((hash[8] & 0x3f) | 0x80);
        ByteBuffer made = ByteBuffer.wrap(hash);
        return new UUID(made.getLong(), made.getLong()).toString();
    }

    private static Object table(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 1, 1);
        List<String> lines = HclFunctions.text(arguments, 0)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
        if (lines.isEmpty()) {
            throw new HclValues.Unsuitable("missing header line");
        }
        List<String> names = Csv.split(lines.getFirst());
        List<@Nullable Object> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = Csv.split(line);
            if (fields.size() != names.size()) {
                throw new HclValues.Unsuitable("wrong number of fields");
            }
            Map<String, @Nullable Object> row = new TreeMap<>();
            for (int i = 0; i < names.size(); i++) {
                row.put(names.get(i), fields.get(i));
            }
            rows.add(row);
        }
        return rows;
    }

    private static OffsetDateTime time(String text) {
        try {
            return OffsetDateTime.parse(text);
        } catch (DateTimeException malformed) {
            throw new HclValues.Unsuitable("not a valid RFC3339 timestamp: " + text);
        }
    }

    private static Duration duration(String text) {
        try {
            String iso = text.replaceAll("([0-9.]+)ms", "~$1").toUpperCase(Locale.ROOT);
            boolean minus = iso.startsWith("-");
            if (!text.matches("[+-]?([0-9.]+(h|m|s))+")) {
                throw new HclValues.Unsuitable("not a valid duration: " + text);
            }
            Duration parsed = Duration.parse("PT" + (minus || iso.startsWith("+") ? iso.substring(1) : iso));
            return minus ? parsed.negated() : parsed;
        } catch (DateTimeException malformed) {
            throw new HclValues.Unsuitable("not a valid duration: " + text);
        }
    }

    /** The letters of go-cty's FormatDate, of which each run is one field. */
    private static String date(String format, OffsetDateTime time) {
        var out = new StringBuilder();
        for (int at = 0; at < format.length(); ) {
            char c = format.charAt(at);
            int end = at + 1;
            if (c == '\'') {
                int close = format.indexOf('\'', end);
                if (close < 0) {
                    throw new HclValues.Unsuitable("unterminated literal '");
                }
                out.append(close == end ? "'" : format.substring(end, close));
                at = close + 1;
                continue;
            }
            while (end < format.length() && format.charAt(end) == c) {
                end++;
            }
            out.append(Character.isLetter(c) ? field(format.substring(at, end), time) : format.substring(at, end));
            at = end;
        }
        return out.toString();
    }

    private static String field(String verb, OffsetDateTime time) {
        String pattern =
                switch (verb) {
                    case "YYYY" -> "uuuu";
                    case "YY" -> "uu";
                    case "MMMM", "MMM", "MM", "M", "hh", "mm", "ss" -> verb.startsWith("h") ? "HH" : verb;
                    case "DD" -> "dd";
                    case "D" -> "d";
                    case "EEEE", "EEE" -> verb;
                    case "h" -> "H";
                    case "HH" -> "hh";
                    case "H" -> "h";
                    case "AA" -> "a";
                    case "aa" -> "a";
                    case "m", "s" -> verb;
                    case "ZZZZZ" -> "xxx";
                    case "ZZZZ" -> "xx";
                    case "ZZZ" -> time.getOffset().equals(ZoneOffset.UTC) ? "'UTC'" : "xx";
                    case "Z" -> "XXX";
                    default -> throw new HclValues.Unsuitable("invalid date format verb \"" + verb + "\"");
                };
        String text = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
        return verb.equals("aa") ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** Whether a version is within a constraint such as {@code >= 1.2, < 2}. */
    private static Object version(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 2, 2);
        int[] version = numbers(HclFunctions.text(arguments, 0));
        for (String each : HclFunctions.text(arguments, 1).split(",")) {
            String constraint = each.strip();
            String operator = constraint.replaceFirst("[0-9v].*$", "").strip();
            int order = Arrays.compare(
                    version, numbers(constraint.substring(constraint.indexOf(operator) + operator.length())));
            boolean fits =
                    switch (operator) {
                        case "", "=" -> order == 0;
                        case "!=" -> order != 0;
                        case ">" -> order > 0;
                        case ">=" -> order >= 0;
                        case "<" -> order < 0;
                        case "<=" -> order <= 0;
                        default -> throw new HclValues.Unsuitable("improper constraint: " + constraint);
                    };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static int[] numbers(String version) {
        String plain = version.strip().replaceFirst("^v", "").replaceFirst("[-+].*$", "");
        int[] numbers = new int[3];
        String[] parts = plain.split("\\.", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i > 2 || !parts[i].matches("[0-9]{1,9}")) {
                throw new HclValues.Unsuitable("invalid semantic version " + version);
            }
            numbers[i] = Integer.parseInt(parts[i]);
        }
        return numbers;
    }
}
