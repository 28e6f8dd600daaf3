package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/** Reads texts with values in them: in quotes, in heredocs, and in the strings of JSON. */
final class HclTemplates {
    private final HclSource source;
    private final String text;

    HclTemplates(HclSource source) {
        this.source = requireNonNull(source, "source");
        this.text = source.text();
    }

    /** The whole source, as strings of JSON are. */
    static HclExpression whole(HclSource source) {
        int end = source.text().length();
        var reading = new HclTemplates(source).new Reading(new HclParser(source), 0, end, false, 0);
        return reading.template(0);
    }

    /** A text in quotes, with its escapes. */
    HclExpression quoted(HclParser parser) {
        int start = parser.position();
        var reading = new Reading(parser, start + 1, text.length(), true, 0);
        HclExpression template = reading.template(start);
        if (reading.at >= text.length() || text.charAt(reading.at) != '"') {
            throw parser.error(start, "Unterminated template string; No closing marker was found for the string.");
        }
        parser.moveTo(reading.at + 1);
        return template;
    }

    /** {@code <<WORD} and lines until one that is the word; {@code <<-WORD} without their common indentation. */
    HclExpression heredoc(HclParser parser) {
        int start = parser.position();
        boolean flush = text.startsWith("<<-", start);
        int word = start + (flush ? 3 : 2);
        parser.moveTo(word);
        String marker = text.startsWith("<<", start) ? parser.name() : null;
        int content = text.indexOf('\n', word) + 1;
        if (marker == null
                || content == 0
                || !text.substring(parser.position(), content).isBlank()) {
            parser.moveTo(start);
            throw parser.error(start, "Invalid expression; Expected the start of an expression");
        }
        int indent = Integer.MAX_VALUE;
        for (int line = content; line < text.length(); ) {
            int newline = text.indexOf('\n', line);
            int stop = newline < 0 ? text.length() : newline;
            String words = text.substring(line, stop);
            if (words.strip().equals(marker)) {
                return lines(
                        parser,
                        start,
                        content,
                        line,
                        flush ? indent : 0,
                        line + words.stripTrailing().length());
            }
            if (!words.isBlank()) {
                indent = Math.min(indent, words.length() - words.stripLeading().length());
            }
            line = stop + 1;
        }
        throw parser.error(start, "Unterminated heredoc; No line is \"" + marker + "\"");
    }

    private HclExpression lines(HclParser parser, int start, int content, int stop, int indent, int after) {
        var reading = new Reading(parser.part(content, stop), content, stop, false, indent);
        HclExpression template = reading.template(start);
        parser.moveTo(after);
        return template;
    }

    /** One text while it is read. */
    private final class Reading {
        private final HclParser parser;
        private final int end;
        private final boolean quoted;
        private final int indent;
        private int at;
        private boolean strip;
        private String directive = "";

        Reading(HclParser parser, int start, int end, boolean quoted, int indent) {
            this.parser = parser;
            this.at = start;
            this.end = end;
            this.quoted = quoted;
            this.indent = indent;
            indented();
        }

        HclExpression template(int start) {
            List<HclExpression> parts = parts();
            if (!directive.isEmpty()) {
                throw source.error(at - 1, at, "Unexpected " + directive + " directive; No sequence was begun");
            }
            return made(start, parts);
        }

        private HclExpression made(int start, List<HclExpression> parts) {
            var place = new HclSource.Place(source, start, at);
            if (parts.isEmpty()) {
                return new HclExpression.Constant(place, "");
            }
            boolean plain = parts.size() == 1 && parts.getFirst() instanceof HclExpression.Constant;
            return plain ? parts.getFirst() : new HclExpression.Template(place, parts);
        }

        private void indented() {
            for (int i = 0; i < indent && at < end && (text.charAt(at) == ' ' || text.charAt(at) == '\t'); i++) {
                at++;
            }
        }

        /** Until the end, or a directive that ends this part. */
        private List<HclExpression> parts() {
            List<HclExpression> parts = new ArrayList<>();
            var literal = new StringBuilder();
            int from = at;
            directive = "";
            while (at < end && !(quoted && text.charAt(at) == '"')) {
                if (text.startsWith("$${", at) || text.startsWith("%%{", at)) {
                    literal.append(text, at + 1, at + 3);
                    at += 3;
                } else if (text.startsWith("${", at) || text.startsWith("%{", at)) {
                    int open = at;
                    at += 2;
                    boolean before = text.startsWith("~", at);
                    flush(parts, literal, from, open, before);
                    parser.moveTo(before ? at + 1 : at);
                    if (text.charAt(open) == '$') {
                        HclExpression value = parser.flowingExpression();
                        strip = parser.closeSequence();
                        at = parser.position();
                        // Only a text that is this value alone keeps its kind; constants would look like text.
                        parts.add(
                                value instanceof HclExpression.Constant(HclSource.Place place, Object constant)
                                                && !(constant instanceof String)
                                        ? new HclExpression.Template(place, List.of(value))
                                        : value);
                    } else if (!sequence(open, parts)) {
                        return parts;
                    }
                    from = at;
                } else {
                    character(literal);
                }
            }
            flush(parts, literal, from, at, false);
            return parts;
        }

        private void flush(List<HclExpression> parts, StringBuilder literal, int from, int to, boolean stripEnd) {
            String words = literal.toString();
            literal.setLength(0);
            if (strip) {
                words = words.stripLeading();
            }
            strip = false;
            if (stripEnd) {
                words = words.stripTrailing();
            }
            if (!words.isEmpty()) {
                parts.add(new HclExpression.Constant(new HclSource.Place(source, from, to), words));
            }
        }

        private void character(StringBuilder literal) {
            char c = text.charAt(at);
            if (!quoted) {
                literal.append(c);
                at++;
                if (c == '\n') {
                    indented();
                }
                return;
            }
            if (c == '\n') {
                throw source.error(
                        at,
                        at + 1,
                        "Invalid multi-line string; Quoted strings may not be split over multiple"
                                + " lines. Use the \"heredoc\" syntax instead.");
            }
            if (c != '\\') {
                literal.append(c);
                at++;
                return;
            }
            escape(literal);
        }

        private void escape(StringBuilder literal) {
            char kind = at + 1 < end ? text.charAt(at + 1) : ' ';
            int digits = kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
            String plain =
                    switch (kind) {
                        case 'n' -> "\n";
                        case 'r' -> "\r";
                        case 't' -> "\t";
                        case '"' -> "\"";
                        case '\\' -> "\\";
                        default -> "";
                    };
            if (digits > 0) {
                int stop = Math.min(end, at + 2 + digits);
                String number = text.substring(at + 2, stop);
                int code = number.matches("[0-9a-fA-F]{" + digits + "}") ? Integer.parseUnsignedInt(number, 16) : -1;
                if (Character.isValidCodePoint(code)) {
                    literal.appendCodePoint(code);
                    at = stop;
                    return;
                }
            }
            if (plain.isEmpty()) {
                throw source.error(
                        at,
                        at + 2,
                        "Invalid escape sequence; The symbol \"" + kind
                                + "\" is not a valid escape sequence selector.");
            }
            literal.append(plain);
            at += 2;
        }

        /** Reads {@code %{if}} or {@code %{for}} to its end; false for a word that ends one. */
        private boolean sequence(int open, List<HclExpression> parts) {
            String word = parser.directive();
            switch (word) {
                case "if" -> parts.add(branches(open));
                case "for" -> parts.add(loop(open));
                case "else", "endif", "endfor" -> {
                    strip = parser.closeSequence();
                    at = parser.position();
                    directive = word;
                    return false;
                }
                default -> throw parser.error(open, "Invalid template directive; \"" + word + "\" is not known");
            }
            directive = "";
            return true;
        }

        private HclExpression branches(int open) {
            HclExpression condition = parser.flowingExpression();
            strip = parser.closeSequence();
            at = parser.position();
            HclExpression then = part(open);
            HclExpression otherwise = new HclExpression.Constant(new HclSource.Place(source, open, at), "");
            if (directive.equals("else")) {
                otherwise = part(open);
            }
            ended(open, "endif");
            return new HclExpression.Conditional(new HclSource.Place(source, open, at), condition, then, otherwise);
        }

        private HclExpression loop(int open) {
            List<String> names = parser.loopNames();
            HclExpression over = parser.flowingExpression();
            strip = parser.closeSequence();
            at = parser.position();
            HclExpression body = part(open);
            ended(open, "endfor");
            return new HclExpression.For(
                    new HclSource.Place(source, open, at),
                    names.size() == 1 ? null : names.getFirst(),
                    names.getLast(),
                    over,
                    null,
                    body,
                    null,
                    false,
                    true);
        }

        private HclExpression part(int open) {
            parser.nest(open);
            List<HclExpression> parts = parts();
            parser.leave();
            return new HclExpression.Template(new HclSource.Place(source, open, at), parts);
        }

        private void ended(int open, String word) {
            if (!directive.equals(word)) {
                throw parser.error(open, "Unclosed template directive; \"" + word + "\" is expected");
            }
        }
    }
}
