package dev.naru.build;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The instructions of a build file one after the other, as the classic builder counts them. */
public final class ClassicSteps {
    private final List<Step> steps;
    private final Set<String> arguments;

    private ClassicSteps(List<Step> steps, Set<String> arguments) {
        this.steps = List.copyOf(steps);
        this.arguments = Set.copyOf(arguments);
    }

    /**
     * One instruction.
     *
     * @param text in one line
     * @param firstLine from 1
     * @param execution whether it is a RUN
     */
    public record Step(String text, int firstLine, boolean execution) {}

    /**
     * Reads them.
     *
     * @param target the stage after which no more are counted, by name or number; empty for all
     * @throws dev.naru.error.NaruException INVALID with line and excerpt, NOT_FOUND for a target that there is not
     */
    public static ClassicSteps of(String name, byte[] content, String target) {
        Dockerfile file = Dockerfile.parse(BuildFile.of(name, content));
        int last = PlatformBuild.targetIndex(file, target);
        var steps = new ArrayList<Step>();
        var arguments = new HashSet<String>();
        file.globals().forEach(arg -> {
            steps.add(step(arg));
            declared(arg, arguments);
        });
        for (Dockerfile.Stage stage : file.stages()) {
            steps.add(step(stage.from()));
            stage.instructions().forEach(instruction -> {
                steps.add(step(instruction));
                declared(instruction, arguments);
            });
            if (stage.index() == last) {
                break;
            }
        }
        return new ClassicSteps(steps, arguments);
    }

    private static void declared(Instruction instruction, Set<String> arguments) {
        if (instruction instanceof Instruction.Arg arg) {
            arg.definitions().forEach(each -> arguments.add(each.name()));
        }
    }

    /** Which of these build arguments nothing asks for, sorted; those that every build takes are not among them. */
    public List<String> unused(Collection<String> given) {
        return given.stream()
                .filter(name -> !arguments.contains(name)
                        && !PlatformArguments.PROXIES.contains(name.toUpperCase(Locale.ROOT))
                        && !name.startsWith("BUILDKIT_")
                        && !name.equals("SOURCE_DATE_EPOCH"))
                .sorted()
                .toList();
    }

    private static Step step(Instruction instruction) {
        Statement at = instruction.at();
        return new Step(at.text(), at.firstLine(), instruction instanceof Instruction.Run);
    }

    public List<Step> steps() {
        return steps;
    }

    /** The first lines of the instructions whose work is a part of the result. */
    public static Set<Integer> linesOf(BuildResult result) {
        var lines = new HashSet<Integer>();
        Set<Vertex> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        result.platforms().forEach(platform -> {
            Vertex.Input root = platform.root();
            if (root != null) {
                visit(root.vertex(), seen, lines);
            }
        });
        return lines;
    }

    private static void visit(Vertex vertex, Set<Vertex> seen, Set<Integer> lines) {
        if (seen.add(vertex)) {
            Vertex.SourceRange source = vertex.label().source();
            if (source != null && !(vertex.operation() instanceof Source)) {
                lines.add(source.firstLine());
            }
            vertex.inputs().forEach(input -> visit(input.vertex(), seen, lines));
        }
    }
}
