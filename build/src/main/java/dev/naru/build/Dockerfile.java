package dev.naru.build;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;

/**
 * A build file read as a whole.
 *
 * @param globals ARG instructions before the first FROM
 */
record Dockerfile(
        BuildFile file,
        ParserDirectives directives,
        List<Instruction.Arg> globals,
        List<Stage> stages,
        List<Integer> emptyContinuations) {
    /** Far above what an image can have layers; keeps the work that a hostile file makes small. */
    private static final int STATEMENTS = 5_000;

    private static final int STAGES = 500;

    Dockerfile {
        globals = List.copyOf(globals);
        stages = List.copyOf(stages);
        emptyContinuations = List.copyOf(emptyContinuations);
    }

    /** @param instructions after FROM */
    record Stage(int index, Instruction.From from, List<Instruction> instructions) {
        Stage {
            instructions = List.copyOf(instructions);
        }
    }

    /** @throws NaruException INVALID with line and excerpt */
    static Dockerfile parse(BuildFile file) {
        var directives = ParserDirectives.of(file);
        var parsed = DockerfileParser.parse(file, directives.escape());
        checkSize(file, parsed.statements());
        List<Instruction.Arg> globals = new ArrayList<>();
        List<Stage> stages = new ArrayList<>();
        Instruction.From from = null;
        List<Instruction> instructions = new ArrayList<>();
        for (Statement statement : parsed.statements()) {
            Instruction instruction = InstructionParser.parse(statement, directives.escape());
            if (instruction instanceof Instruction.From next) {
                if (from != null) {
                    stages.add(new Stage(stages.size(), from, instructions));
                }
                from = next;
                instructions = new ArrayList<>();
            } else if (from != null) {
                instructions.add(instruction);
            } else if (instruction instanceof Instruction.Arg arg) {
                globals.add(arg);
            } else {
                throw statement.parseError("no build stage in current context");
            }
        }
        if (from == null) {
            throw new NaruException(
                    dev.naru.error.ErrorKind.INVALID,
                    missing(file, parsed.statements()),
                    "",
                    "begin it with FROM and the name of an image");
        }
        stages.add(new Stage(stages.size(), from, instructions));
        return new Dockerfile(file, directives, globals, stages, parsed.emptyContinuations());
    }

    private static String missing(BuildFile file, List<Statement> statements) {
        if (!statements.isEmpty()) {
            return "dockerfile contains no stages to build";
        }
        return file.text().isBlank()
                ? "the Dockerfile (" + file.name() + ") cannot be empty"
                : "file with no instructions";
    }

    private static void checkSize(BuildFile file, List<Statement> statements) {
        long stages = statements.stream()
                .filter(each -> each.keyword().equalsIgnoreCase("from"))
                .count();
        if (statements.size() > STATEMENTS || stages > STAGES) {
            throw new NaruException(
                    dev.naru.error.ErrorKind.INVALID,
                    "cannot read " + file.name(),
                    "it has " + statements.size() + " instructions in " + stages + " stages, the most is " + STATEMENTS
                            + " in " + STAGES,
                    "divide it into several builds that use each other's results as named contexts");
        }
    }
}
