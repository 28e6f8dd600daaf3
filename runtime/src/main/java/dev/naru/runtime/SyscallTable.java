package dev.naru.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Numbers of system calls by name, for each architecture; from the kernel's public headers, in a resource. */
final class SyscallTable {
    private static final int ABSENT = -1;

    private final Map<String, int[]> numbers;

    private SyscallTable(Map<String, int[]> numbers) {
        this.numbers = numbers;
    }

    static SyscallTable load() {
        try (InputStream resource = SyscallTable.class.getResourceAsStream("syscalls.txt")) {
            if (resource == null) {
                throw new IllegalStateException("the table of system calls is missing from this build");
            }
            return parse(new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SyscallTable parse(BufferedReader lines) throws IOException {
        Map<String, int[]> numbers = new HashMap<>(1024);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split(" ", -1);
            int[] row = new int[fields.length - 1];
            for (int i = 0; i < row.length; i++) {
                row[i] = fields[i + 1].equals("-") ? ABSENT : Integer.parseInt(fields[i + 1]);
            }
            numbers.put(fields[0], row);
        }
        return new SyscallTable(numbers);
    }

    /** The number as the kernel gives it to a filter; empty where the architecture has no such call. */
    OptionalInt number(SeccompArchitecture architecture, String name) {
        int[] row = numbers.get(name);
        if (row == null || architecture.column() < 0 || row[architecture.column()] == ABSENT) {
            return OptionalInt.empty();
        }
        int number = row[architecture.column()];
        return OptionalInt.of(architecture == SeccompArchitecture.X32 ? number | SeccompArchitecture.X32_BIT : number);
    }

    Set<String> names() {
        return Set.copyOf(numbers.keySet());
    }
}
