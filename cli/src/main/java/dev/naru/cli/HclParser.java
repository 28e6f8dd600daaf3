package dev.naru.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads expressions of HashiCorp's configuration language, native syntax, version 2. Each error shows its place. */
final class HclParser extends HclCursor {
    private static final List<List<String>> OPERATORS = List.of(
            List.of("||"),
            List.of("&&"),
            List.of("==", "!="),
            List.of("<=", ">=", "<", ">"),
            List.of("+", "-"),
            List.of("*", "/", "%"));

    HclParser(HclSource source) {
        this(source, 0, source.text().length());
    }

    HclParser(HclSource source, int start, int end) {
        super(source, start, end);
    }

    HclExpression flowingExpression() {
        return flow(this::expression);
    }

    HclExpression expression() {
        space();
        int start = at;
        nest(start);
        HclExpression condition = binary(0);
        space();
        if (take("?")) {
            HclExpression then = expression();
            expect(":", "in the conditional");
            HclExpression otherwise = expression();
            condition = new HclExpression.Conditional(place(start), condition, then, otherwise);
        }
        leave();
        return condition;
    }

    private HclExpression binary(int level) {
        if (level == OPERATORS.size()) {
            return unary();
        }
        int start = at;
        HclExpression left = binary(level + 1);
        while (true) {
            space();
            String operator = operator(level);
            if (operator == null) {
                return left;
            }
            at += operator.length();
            space();
            left = new HclExpression.Binary(place(start), operator, left, binary(level + 1));
        }
    }

    private @Nullable String operator(int level) {
        for (String each : OPERATORS.get(level)) {
            if (ahead(each)) {
                return each;
            }
        }
        return null;
    }

    private HclExpression unary() {
        space();
        int start = at;
        char c = peek();
        if (c == '-' || (c == '!' && !ahead("!="))) {
            at++;
            nest(start);
            HclExpression operand = unary();
            leave();
            return new HclExpression.Unary(place(start), c, operand);
        }
        return followed(start, primary());
    }

    /** Attributes, indexes and splats behind a value. */
    private HclExpression followed(int start, HclExpression base) {
        HclExpression value = base;
        while (true) {
            if (flowing) {
                space();
            }
            if (ahead("...") || !more()) {
                return value;
            }
            if (take(".*")) {
                value = splat(start, value, false);
            } else if (ahead(".")) {
                at++;
                value = attribute(start, value);
            } else if (peek() == '[') {
                value = index(start, value);
            } else {
                return value;
            }
        }
    }

    private HclExpression attribute(int start, HclExpression of) {
        if (Character.isDigit(peek())) {
            int from = at;
            while (Character.isDigit(peek())) {
                at++;
            }
            BigDecimal number = new BigDecimal(text.substring(from, at));
            return new HclExpression.Index(place(start), of, new HclExpression.Constant(place(from), number));
        }
        return new HclExpression.Attribute(place(start), of, nameNow());
    }

    private String nameNow() {
        String name = name();
        if (name == null) {
            throw error(at, "Invalid attribute name; An attribute name is required after a dot.");
        }
        return name;
    }

    private HclExpression index(int start, HclExpression of) {
        at++;
        return flow(() -> {
            space();
            if (ahead("*")) {
                at++;
                expect("]", "in the splat");
                return splat(start, of, true);
            }
            HclExpression key = expression();
            expect("]", "in the index");
            return new HclExpression.Index(place(start), of, key);
        });
    }

    private HclExpression splat(int start, HclExpression of, boolean full) {
        HclExpression each = new HclExpression.Each(place(start));
        while (true) {
            if (ahead(".") && !ahead("...") && !ahead(".*")) {
                at++;
                each = attribute(start, each);
            } else if (full && peek() == '[' && !ahead("[*")) {
                each = index(start, each);
            } else {
                return new HclExpression.Splat(place(start), of, each);
            }
        }
    }

    private HclExpression primary() {
        space();
        int start = at;
        char c = peek();
        if (c >= '0' && c <= '9') {
            return number();
        }
        return switch (c) {
            case '"' -> literal();
            case '<' -> new HclTemplates(source).heredoc(this);
            case '(' -> {
                at++;
                HclExpression inner = flow(() -> {
                    HclExpression value = expression();
                    expect(")", "after the expression");
                    return value;
                });
                yield inner;
            }
            case '[' -> tuple();
            case '{' -> object();
            default -> {
                String name = name();
                if (name == null) {
                    throw error(
                            start,
                            "Invalid expression; Expected the start of an expression, but found "
                                    + (more() ? "an invalid expression token." : "the end of the file."));
                }
                yield named(start, name);
            }
        };
    }

    private HclExpression named(int start, String name) {
        int after = at;
        space();
        if (peek() == '(') {
            return call(start, name);
        }
        at = after;
        return switch (name) {
            case "true" -> new HclExpression.Constant(place(start), true);
            case "false" -> new HclExpression.Constant(place(start), false);
            case "null" -> new HclExpression.Constant(place(start), null);
            default -> new HclExpression.Name(place(start), name);
        };
    }

    private HclExpression call(int start, String name) {
        at++;
        return flow(() -> {
            List<HclExpression> arguments = new ArrayList<>();
            boolean spread = false;
            for (space(); more() && peek() != ')'; space()) {
                arguments.add(expression());
                space();
                if (take("...")) {
                    spread = true;
                    space();
                }
                if (!take(",") || spread) {
                    break;
                }
            }
            expect(")", "after the arguments of " + name);
            return new HclExpression.Call(place(start), name, arguments, spread);
        });
    }

    private HclExpression number() {
        int start = at;
        while (Character.isDigit(peek())) {
            at++;
        }
        if (peek() == '.' && at + 1 < end && Character.isDigit(text.charAt(at + 1))) {
            at++;
            while (Character.isDigit(peek())) {
                at++;
            }
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            while (Character.isDigit(peek())) {
                at++;
            }
        }
        try {
            return new HclExpression.Constant(place(start), HclValues.number(text.substring(start, at)));
        } catch (NumberFormatException malformed) {
            throw error(start, "Invalid number literal");
        }
    }

    private HclExpression tuple() {
        int start = at++;
        return flow(() -> {
            space();
            if (isFor()) {
                return loop(start, "]");
            }
            List<HclExpression> elements = new ArrayList<>();
            for (space(); more() && peek() != ']'; space()) {
                elements.add(expression());
                space();
                if (!take(",")) {
                    break;
                }
            }
            expect("]", "after the elements of the tuple");
            return new HclExpression.Tuple(place(start), elements);
        });
    }

    private boolean isFor() {
        int here = at;
        String name = name();
        boolean is = "for".equals(name);
        if (is) {
            space();
            is = Character.isLetter(peek()) || peek() == '_';
        }
        at = here;
        return is;
    }

    private HclExpression loop(int start, String close) {
        name();
        String first = name("name after \"for\"");
        String second = null;
        space();
        if (take(",")) {
            second = name("name after the comma");
        }
        space();
        if (!"in".equals(name())) {
            throw error(start, "Invalid 'for' expression; \"in\" is expected after the names");
        }
        HclExpression over = expression();
        expect(":", "in the 'for' expression");
        HclExpression key = null;
        HclExpression value = expression();
        space();
        boolean grouped = false;
        if (close.equals("}")) {
            expect("=>", "in the 'for' expression");
            key = value;
            value = expression();
            space();
            grouped = take("...");
        }
        space();
        HclExpression condition = null;
        int here = at;
        if ("if".equals(name())) {
            condition = expression();
        } else {
            at = here;
        }
        expect(close, "after the 'for' expression");
        return new HclExpression.For(
                place(start),
                second == null ? null : first,
                second == null ? first : second,
                over,
                key,
                value,
                condition,
                grouped,
                false);
    }

    private HclExpression object() {
        int start = at++;
        nest(start);
        boolean before = flowing;
        flowing = true;
        space();
        HclExpression made = isFor() ? loop(start, "}") : entries(start);
        flowing = before;
        leave();
        return made;
    }

    private HclExpression entries(int start) {
        List<HclExpression.Entry> entries = new ArrayList<>();
        while (true) {
            flowing = false;
            blank();
            if (take("}")) {
                return new HclExpression.ObjectOf(place(start), entries);
            }
            HclExpression key = key();
            space();
            if (!take("=") && !take(":")) {
                throw error(
                        at,
                        "Missing attribute value; Expected an attribute value, introduced by an equals sign"
                                + " (\"=\").");
            }
            entries.add(new HclExpression.Entry(key, expression()));
            space();
            if (!take(",") && peek() != '\n' && peek() != '\r' && peek() != '}') {
                throw error(
                        at,
                        "Missing attribute separator; Expected a newline or comma to mark the beginning of the"
                                + " next attribute.");
            }
        }
    }

    /** A bare word is a text; anything else an expression. */
    private HclExpression key() {
        int start = at;
        String name = name();
        if (name != null) {
            HclSource.Place place = place(start);
            space();
            if ((peek() == '=' && !ahead("==")) || peek() == ':') {
                return new HclExpression.Constant(place, name);
            }
        }
        at = start;
        return expression();
    }

    /** A text in quotes. */
    HclExpression literal() {
        return new HclTemplates(source).quoted(this);
    }

    /** A reader of a part of the same file, as deep in it as this. */
    HclParser part(int start, int stop) {
        var part = new HclParser(source, start, stop);
        part.depth = depth + 1;
        part.nest(start);
        return part;
    }

    /** Ends {@code ${…}} or {@code %{…}}; answers whether the space behind it goes. */
    boolean closeSequence() {
        return flow(() -> {
            space();
            boolean strip = take("~");
            if (!take("}")) {
                throw error(at, "Extra characters after interpolation expression; Expected a closing brace to end it");
            }
            return strip;
        });
    }

    /** The words of {@code %{for k, v in}}, as far as the value that is gone through. */
    List<String> loopNames() {
        return flow(() -> {
            List<String> names = new ArrayList<>();
            names.add(name("name after \"for\""));
            space();
            if (take(",")) {
                names.add(name("name after the comma"));
            }
            space();
            if (!"in".equals(name())) {
                throw error(at, "Invalid 'for' directive; \"in\" is expected after the names");
            }
            return names;
        });
    }

    String directive() {
        return flow(() -> name("directive after \"%{\""));
    }
}
