package dev.naru.cli;

import dev.naru.cli.TemplateLexer.Kind;
import dev.naru.cli.TemplateLexer.Token;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a template into nodes. */
final class TemplateParser {
    private final String source;
    private int at;
    private boolean trimNext;
    private String lastKeyword = "";
    private String lastRest = "";

    TemplateParser(String source) {
        this.source = source;
    }

    List<Node> parse() {
        List<Node> nodes = nodes();
        if (!lastKeyword.isEmpty()) {
            throw new TemplateException("unexpected {{" + lastKeyword + "}}");
        }
        return nodes;
    }

    /** Reads up to an {@code else}, an {@code end} or the source's end, which it leaves in {@link #lastKeyword}. */
    private List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        lastKeyword = "";
        while (at < source.length()) {
            String inside = text(nodes);
            if (inside == null) {
                break;
            }
            int space = firstSpace(inside);
            String keyword = inside.substring(0, space);
            String rest = inside.substring(space).strip();
            switch (keyword) {
                case "end", "else" -> {
                    lastKeyword = keyword;
                    lastRest = rest;
                    return nodes;
                }
                case "if", "with", "range" -> nodes.add(block(keyword, rest));
                case "break" -> nodes.add(new Node.Jump(true));
                case "continue" -> nodes.add(new Node.Jump(false));
                case "define", "template", "block" ->
                    throw new TemplateException("{{" + keyword + "}} is not supported");
                default -> {
                    if (!inside.startsWith("/*")) {
                        nodes.add(new Node.Action(new Reader(inside).whole()));
                    }
                }
            }
            lastKeyword = "";
        }
        return nodes;
    }

    private static int firstSpace(String text) {
        int i = 0;
        while (i < text.length() && Character.isLetter(text.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Adds the text before the next action and answers the action's inside, or null at the end. */
    private @Nullable String text(List<Node> nodes) {
        int open = source.indexOf("{{", at);
        String text = open < 0 ? source.substring(at) : source.substring(at, open);
        if (trimNext) {
            text = text.stripLeading();
            trimNext = false;
        }
        if (open < 0) {
            addText(nodes, text);
            at = source.length();
            return null;
        }
        int start = open + 2;
        if (source.startsWith("- ", start)) {
            text = text.stripTrailing();
            start += 2;
        }
        addText(nodes, text);
        int close = closing(start);
        String inside = source.substring(start, close);
        at = close + 2;
        if (inside.endsWith(" -")) {
            trimNext = true;
            inside = inside.substring(0, inside.length() - 2);
        }
        return inside.strip();
    }

    private int closing(int start) {
        boolean comment = source.startsWith("/*", start);
        char quote = 0;
        for (int i = start; i + 1 < source.length(); i++) {
            char c = source.charAt(i);
            if (comment) {
                comment = !(c == '/' && source.charAt(i - 1) == '*' && i > start + 2);
            } else if (quote != 0) {
                if (c == '\\' && quote != '`') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '`') {
                quote = c;
            } else if (c == '}' && source.charAt(i + 1) == '}') {
                return i;
            }
        }
        throw new TemplateException("unclosed action");
    }

    private static void addText(List<Node> nodes, String text) {
        if (!text.isEmpty()) {
            nodes.add(new Node.Text(text));
        }
    }

    private Node block(String keyword, String header) {
        var reader = new Reader(header);
        List<String> loop = keyword.equals("range") ? reader.loopVariables() : List.of();
        Node.Pipeline pipeline = reader.whole();
        List<Node> then = nodes();
        List<Node> otherwise = List.of();
        if (lastKeyword.equals("else")) {
            if (lastRest.isEmpty()) {
                otherwise = nodes();
            } else {
                int space = firstSpace(lastRest);
                otherwise = List.of(block(
                        lastRest.substring(0, space), lastRest.substring(space).strip()));
                return node(keyword, loop, pipeline, then, otherwise);
            }
        }
        if (!lastKeyword.equals("end")) {
            throw new TemplateException("unexpected EOF: {{" + keyword + "}} has no {{end}}");
        }
        return node(keyword, loop, pipeline, then, otherwise);
    }

    private static Node node(
            String keyword, List<String> loop, Node.Pipeline pipeline, List<Node> then, List<Node> otherwise) {
        return switch (keyword) {
            case "if" -> new Node.If(pipeline, then, otherwise);
            case "with" -> new Node.With(pipeline, then, otherwise);
            case "range" ->
                new Node.Range(
                        loop.size() == 2 ? loop.get(0) : null,
                        loop.isEmpty() ? null : loop.getLast(),
                        pipeline,
                        then,
                        otherwise);
            default -> throw new TemplateException("unexpected {{else " + keyword + "}}");
        };
    }

    /** Reads the pipeline of one action. */
    private static final class Reader {
        private final List<Token> tokens;
        private int next;

        Reader(String inside) {
            tokens = new TemplateLexer(inside).tokens();
        }

        Node.Pipeline whole() {
            Node.Pipeline pipeline = pipeline();
            if (next < tokens.size()) {
                throw new TemplateException("unexpected \"" + tokens.get(next).text() + "\" in operand");
            }
            return pipeline;
        }

        /** The variables before {@code :=} in a range's header. */
        List<String> loopVariables() {
            int mark = next;
            List<String> names = new ArrayList<>();
            skipSpace();
            while (peek(Kind.VARIABLE)) {
                names.add(tokens.get(next++).text());
                skipSpace();
                if (symbol(",")) {
                    skipSpace();
                    continue;
                }
                if (symbol(":=")) {
                    return names;
                }
                break;
            }
            next = mark;
            return List.of();
        }

        private Node.Pipeline pipeline() {
            skipSpace();
            int mark = next;
            if (peek(Kind.VARIABLE)) {
                String name = tokens.get(next++).text();
                skipSpace();
                boolean declare = symbol(":=");
                if (declare || symbol("=")) {
                    return new Node.Pipeline(name, declare, commands());
                }
                next = mark;
            }
            return new Node.Pipeline(null, false, commands());
        }

        private List<Node.Command> commands() {
            List<Node.Command> commands = new ArrayList<>();
            do {
                commands.add(command());
            } while (symbol("|"));
            return commands;
        }

        private Node.Command command() {
            List<Node.Term> terms = new ArrayList<>();
            skipSpace();
            while (next < tokens.size() && !at("|") && !at(")")) {
                terms.add(operand());
                skipSpace();
            }
            if (terms.isEmpty()) {
                throw new TemplateException("missing value for command");
            }
            return new Node.Command(terms);
        }

        private Node.Term operand() {
            Node.Term term = term();
            List<String> names = new ArrayList<>();
            while (peek(Kind.FIELD)) {
                names.add(tokens.get(next++).text());
            }
            return names.isEmpty() ? term : new Node.Term.Fields(term, names);
        }

        private Node.Term term() {
            Token token = tokens.get(next);
            return switch (token.kind()) {
                case FIELD -> new Node.Term.Dot();
                case DOT -> taken(new Node.Term.Dot());
                case VARIABLE -> taken(new Node.Term.Variable(token.text()));
                case NAME ->
                    taken(token.text().equals("nil") ? new Node.Term.Constant(null) : new Node.Term.Name(token.text()));
                case CONSTANT -> taken(new Node.Term.Constant(token.value()));
                case SYMBOL -> group(token);
                case SPACE -> throw new TemplateException("unexpected space");
            };
        }

        private Node.Term taken(Node.Term term) {
            next++;
            return term;
        }

        private Node.Term group(Token token) {
            if (!symbol("(")) {
                throw new TemplateException("unexpected \"" + token.text() + "\" in operand");
            }
            Node.Pipeline inner = pipeline();
            if (!symbol(")")) {
                throw new TemplateException("unclosed left paren");
            }
            return new Node.Term.Group(inner);
        }

        private void skipSpace() {
            while (peek(Kind.SPACE)) {
                next++;
            }
        }

        private boolean peek(Kind kind) {
            return next < tokens.size() && tokens.get(next).kind() == kind;
        }

        private boolean at(String symbol) {
            return peek(Kind.SYMBOL) && tokens.get(next).text().equals(symbol);
        }

        private boolean symbol(String symbol) {
            skipSpace();
            if (at(symbol)) {
                next++;
                return true;
            }
            return false;
        }
    }
}
