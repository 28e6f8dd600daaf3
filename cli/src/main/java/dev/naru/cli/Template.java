package dev.naru.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Go's text/template on JSON trees: maps, lists, strings, numbers, booleans and null. No well-kept library for it
 * exists on this platform, and {@code --format} is written in it everywhere.
 */
final class Template {
    private final List<Node> nodes;

    private Template(List<Node> nodes) {
        this.nodes = nodes;
    }

    /** @throws TemplateException when it has no sense */
    static Template parse(String source) {
        return new Template(new TemplateParser(source).parse());
    }

    /** @throws TemplateException when a field is missing or a function is misused */
    String apply(@Nullable Object data) {
        var run = new Run(data);
        run.all(nodes, data);
        return run.out.toString();
    }

    /** Ends the innermost loop's turn; made once, without a trace. */
    private static final class LoopJump extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final boolean leave;

        LoopJump(boolean leave) {
            super(null, null, false, false);
            this.leave = leave;
        }
    }

    /** One evaluation. */
    private static final class Run {
        private final StringBuilder out = new StringBuilder();
        private final List<Map<String, @Nullable Object>> scopes = new ArrayList<>();

        Run(@Nullable Object data) {
            Map<String, @Nullable Object> first = new HashMap<>();
            first.put("", data);
            scopes.add(first);
        }

        void all(List<Node> nodes, @Nullable Object dot) {
            scopes.add(new HashMap<>());
            for (Node node : nodes) {
                one(node, dot);
            }
            scopes.removeLast();
        }

        // Chains of instanceof instead of pattern switches, here and where values are printed: the first use of such a
        // switch spins classes for 20 ms, a fifth of what a whole command may take.
        private void one(Node node, @Nullable Object dot) {
            if (node instanceof Node.Text text) {
                out.append(text.text());
            } else if (node instanceof Node.Action action) {
                Object value = pipeline(action.pipeline(), dot);
                if (action.pipeline().variable() == null) {
                    out.append(TemplateValue.text(value));
                }
            } else if (node instanceof Node.If branch) {
                all(TemplateValue.truth(pipeline(branch.condition(), dot)) ? branch.then() : branch.otherwise(), dot);
            } else if (node instanceof Node.With with) {
                Object value = pipeline(with.value(), dot);
                if (TemplateValue.truth(value)) {
                    all(with.then(), value);
                } else {
                    all(with.otherwise(), dot);
                }
            } else if (node instanceof Node.Range range) {
                range(range, dot);
            } else if (node instanceof Node.Jump jump) {
                throw new LoopJump(jump.leave());
            }
        }

        private void range(Node.Range range, @Nullable Object dot) {
            var entries = TemplateValue.entries(pipeline(range.over(), dot));
            if (entries.isEmpty()) {
                all(range.otherwise(), dot);
                return;
            }
            int depth = scopes.size();
            for (var entry : entries) {
                Map<String, @Nullable Object> scope = new HashMap<>();
                if (range.key() != null) {
                    scope.put(range.key(), entry.key());
                }
                if (range.element() != null) {
                    scope.put(range.element(), entry.value());
                }
                scopes.add(scope);
                try {
                    all(range.body(), entry.value());
                } catch (LoopJump jump) {
                    if (jump.leave) {
                        return;
                    }
                } finally {
                    while (scopes.size() > depth) {
                        scopes.removeLast();
                    }
                }
            }
        }

        private @Nullable Object pipeline(Node.Pipeline pipeline, @Nullable Object dot) {
            Object value = null;
            boolean piped = false;
            for (Node.Command command : pipeline.commands()) {
                value = command(command, dot, value, piped);
                piped = true;
            }
            if (pipeline.variable() != null) {
                assign(pipeline.variable(), pipeline.declare(), value);
            }
            return value;
        }

        private @Nullable Object command(
                Node.Command command, @Nullable Object dot, @Nullable Object last, boolean piped) {
            Node.Term first = command.terms().getFirst();
            if (first instanceof Node.Term.Name name) {
                if (name.name().equals("and") || name.name().equals("or")) {
                    return shortCut(name.name().equals("and"), command, dot, last, piped);
                }
                List<@Nullable Object> arguments = new ArrayList<>();
                for (Node.Term term : command.terms().subList(1, command.terms().size())) {
                    arguments.add(term(term, dot));
                }
                if (piped) {
                    arguments.add(last);
                }
                return TemplateFunctions.call(name.name(), arguments);
            }
            if (command.terms().size() == 2
                    && first instanceof Node.Term.Fields fields
                    && fields.names().getLast().equals(Listing.LABEL)) {
                return label(term(first, dot), term(command.terms().getLast(), dot));
            }
            if (command.terms().size() > 1 || piped) {
                throw new TemplateException("can't give argument to non-function " + describe(first));
            }
            return term(first, dot);
        }

        /** The heading of such a column is the key's last part. */
        private static String label(@Nullable Object labels, @Nullable Object key) {
            String name = String.valueOf(key);
            if (labels instanceof Map<?, ?> map) {
                Object value = map.get(name);
                return value == null ? "" : TemplateValue.text(value);
            }
            return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('-')) + 1);
        }

        private @Nullable Object shortCut(
                boolean and, Node.Command command, @Nullable Object dot, @Nullable Object last, boolean piped) {
            Object value = null;
            for (Node.Term term : command.terms().subList(1, command.terms().size())) {
                value = term(term, dot);
                if (TemplateValue.truth(value) != and) {
                    return value;
                }
            }
            return piped ? last : value;
        }

        private @Nullable Object term(Node.Term term, @Nullable Object dot) {
            if (term instanceof Node.Term.Fields fields) {
                Object value = term(fields.base(), dot);
                for (String name : fields.names()) {
                    value = TemplateValue.field(value, name);
                }
                return value;
            } else if (term instanceof Node.Term.Constant constant) {
                return constant.value();
            } else if (term instanceof Node.Term.Name name) {
                return TemplateFunctions.call(name.name(), List.of());
            } else if (term instanceof Node.Term.Variable variable) {
                return variable(variable.name());
            } else if (term instanceof Node.Term.Group group) {
                return pipeline(group.pipeline(), dot);
            }
            return dot;
        }

        private @Nullable Object variable(String name) {
            for (int i = scopes.size() - 1; i >= 0; i--) {
                if (scopes.get(i).containsKey(name)) {
                    return scopes.get(i).get(name);
                }
            }
            throw new TemplateException("undefined variable \"$" + name + "\"");
        }

        private void assign(String name, boolean declare, @Nullable Object value) {
            if (declare) {
                scopes.getLast().put(name, value);
                return;
            }
            variable(name);
            for (int i = scopes.size() - 1; i >= 0; i--) {
                if (scopes.get(i).containsKey(name)) {
                    scopes.get(i).put(name, value);
                    return;
                }
            }
        }

        private static String describe(Node.Term term) {
            return term instanceof Node.Term.Fields fields ? "." + String.join(".", fields.names()) : term.toString();
        }
    }
}
