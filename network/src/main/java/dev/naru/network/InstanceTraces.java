package dev.naru.network;

import dev.naru.linux.Link;
import dev.naru.linux.LinkBatch;
import dev.naru.linux.NftFamily;
import dev.naru.linux.NftTransaction;
import dev.naru.linux.Nftables;
import dev.naru.linux.Rtnetlink;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What instances have in the kernel, found by the names that they give it: interfaces' aliases and tables. */
public final class InstanceTraces {
    private static final String ALIAS = "naru ";
    private static final String TABLE = "naru-";
    /** Smaller ones are the kernel's own. */
    private static final int FIRST_PROCESS = 300;

    private InstanceTraces() {}

    /**
     * Removes what instances left that were named after a process which is no more, and that no engine will take over.
     *
     * @param names matches such instances' names; its first group is the process's id
     */
    public static void removeOfDeadProcesses(Pattern names) {
        try (Rtnetlink rtnetlink = Rtnetlink.open();
                Nftables nftables = Nftables.open()) {
            List<Link> links = rtnetlink.links();
            List<Link> left = links.stream()
                    .filter(link -> link.alias().startsWith(ALIAS))
                    .filter(link -> dead(names, link.alias().substring(ALIAS.length())))
                    .toList();
            Set<Integer> bridges = new HashSet<>();
            left.forEach(link -> bridges.add(link.index()));
            LinkBatch batch = rtnetlink.batch();
            links.stream().filter(link -> bridges.contains(link.master())).forEach(link -> batch.delete(link.name()));
            left.forEach(link -> batch.delete(link.name()));
            batch.commit();
            nftables.tables().stream()
                    .filter(table -> table.startsWith(TABLE))
                    .filter(table -> dead(names, table.substring(TABLE.length())))
                    .forEach(table -> remove(nftables, table));
        }
    }

    private static void remove(Nftables nftables, String table) {
        NftTransaction change = nftables.transaction(table);
        for (NftFamily family : NftFamily.values()) {
            change.in(family).table().deleteTable();
        }
        change.commit();
    }

    private static boolean dead(Pattern names, String text) {
        // An alias may say more than the name.
        Matcher name = names.matcher(text.split(" ", 2)[0]);
        return name.matches()
                && Optional.of(Long.parseLong(name.group(1)))
                        .filter(pid -> pid >= FIRST_PROCESS)
                        .filter(pid -> ProcessHandle.of(pid).isEmpty())
                        .isPresent();
    }
}
