package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the arguments and blocks of a file of HashiCorp's configuration language. */
final class HclBlocks {
    private static final String MARK = "\ufeff";

    private final HclParser in;

    private HclBlocks(HclParser in) {
        this.in = requireNonNull(in, "in");
    }

    /** A whole file. */
    static HclBody file(HclSource source) {
        String text = source.text();
        int start = text.startsWith(MARK) ? MARK.length() : 0;
        return new HclBlocks(new HclParser(source, start, text.length())).body(false);
    }

    private HclBody body(boolean braced) {
        Map<String, HclBody.Attribute> attributes = new LinkedHashMap<>();
        List<HclBody.Block> blocks = new ArrayList<>();
        for (in.blank(); in.more() && !(braced && in.peek() == '}'); in.blank()) {
            item(attributes, blocks);
            in.space();
            if (braced && in.peek() == '}') {
                break;
            }
            if (in.more() && !in.take("\n")) {
                throw in.error(in.at, "Missing newline after argument or block");
            }
        }
        if (braced) {
            in.expect("}", "at the end of the block");
        }
        return new HclBody(attributes, blocks);
    }

    private void item(Map<String, HclBody.Attribute> attributes, List<HclBody.Block> blocks) {
        int start = in.at;
        String name = in.name();
        if (name == null) {
            throw in.error(in.at, "Invalid argument name; Argument names must not be quoted and begin with a letter.");
        }
        in.space();
        if (in.peek() == '=' && !in.ahead("==")) {
            in.at++;
            HclSource.Place place = new HclSource.Place(in.source, start, start + name.length());
            HclExpression value = in.expression();
            if (attributes.put(name, new HclBody.Attribute(name, place, value)) != null) {
                throw place.error("Attribute redefined; The argument \"" + name + "\" was set before");
            }
            return;
        }
        List<String> labels = new ArrayList<>();
        while (in.peek() != '{') {
            labels.add(label(start));
            in.space();
        }
        HclSource.Place place = in.place(start);
        in.at++;
        in.nest(start);
        blocks.add(new HclBody.Block(name, labels, place, in.still(() -> block(start))));
        in.leave();
    }

    /** A block of one line has one argument, and ends on it. */
    private HclBody block(int start) {
        in.space();
        if (in.peek() != '\n' && in.peek() != '\r' && in.peek() != '}') {
            Map<String, HclBody.Attribute> attributes = new LinkedHashMap<>();
            List<HclBody.Block> blocks = new ArrayList<>();
            item(attributes, blocks);
            in.space();
            if (!blocks.isEmpty() || !in.take("}")) {
                throw in.error(
                        start,
                        "Invalid single-argument block definition; A block that begins on the line of an argument must"
                                + " be closed on that line");
            }
            return new HclBody(attributes, blocks);
        }
        return body(true);
    }

    private String label(int start) {
        if (in.peek() == '"') {
            if (in.literal() instanceof HclExpression.Constant(HclSource.Place place, String label)) {
                return label;
            }
            throw in.error(start, "Invalid block label; Labels are texts without values in them");
        }
        String name = in.name();
        if (name == null) {
            throw in.error(
                    in.at,
                    "Invalid block definition; Either a quoted string block label or an opening brace (\"{\") is"
                            + " expected here.");
        }
        return name;
    }
}
