package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.LinuxException;
import dev.naru.linux.NftElement;
import dev.naru.linux.NftStoredRule;
import dev.naru.linux.NftTransaction;
import dev.naru.linux.Nftables;
import dev.naru.network.Attachment.PublishedPort;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The instance's table. What it should hold is known here; a change of a few ports is sent as such, any other by
 * replacing the table in one transaction, so that there is no moment without it. No other table is ever touched.
 */
final class Firewall implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.network");

    private final Nftables nftables;
    private final String table;
    private final boolean on;
    private final @Nullable InputPolicy inputPolicy;
    private final Map<String, NetworkSpec> networks = new LinkedHashMap<>();
    private final Map<String, Attachment> published = new LinkedHashMap<>();
    /** False while the table in the kernel may differ from what this object holds. */
    private boolean current;

    /** @param loop what mode {@code HOST} needs */
    Firewall(Nftables nftables, String table, FirewallMode mode, InputLoop loop) {
        this.on = mode != FirewallMode.OFF;
        this.inputPolicy = mode == FirewallMode.HOST ? new InputPolicy(loop) : null;
        this.nftables = requireNonNull(nftables, "nftables");
        this.table = requireNonNull(table, "table");
    }

    /** Whether the table stands that keeps containers from the host's loopback. */
    synchronized boolean guards() {
        return on && current;
    }

    /** Takes a network in; its rules stand when this returns, unless an earlier engine's table waits for {@link #install}. */
    synchronized void add(NetworkSpec network) {
        NetworkSpec before = networks.put(network.id(), network);
        if (!network.equals(before)) {
            boolean takeover = on && !current && nftables.tables().contains(table);
            if (current && before == null && !policed()) {
                NftTransaction change = nftables.transaction(table);
                new NetworkRules(change).add(network);
                commitOrInstall(change);
                return;
            }
            current = false;
            if (!takeover) {
                install();
            }
        }
    }

    synchronized void remove(NetworkSpec network) {
        NetworkSpec known = networks.remove(network.id());
        if (known == null && !networks.isEmpty()) {
            return;
        }
        if (networks.isEmpty() && on) {
            uninstall();
        } else if (known != null && current && !policed()) {
            NftTransaction change = nftables.transaction(table);
            new NetworkRules(change).remove(known);
            commitOrInstall(change);
        } else {
            install();
        }
    }

    String table() {
        return table;
    }

    /** Makes the table anew when it is not there or has lost rules; whether it had. */
    synchronized boolean mend() {
        if (!on || !current || networks.isEmpty()) {
            return false;
        }
        Map<String, Long> there = nftables.rules().stream()
                .filter(rule -> rule.table().equals(table))
                .collect(Collectors.groupingBy(NftStoredRule::chain, Collectors.counting()));
        boolean whole = rules().entrySet().stream()
                .allMatch(chain -> there.getOrDefault(chain.getKey(), 0L) >= chain.getValue());
        if (!whole) {
            LOG.log(System.Logger.Level.WARNING, "rules of the table {0} were taken away; making it anew", table);
            install();
        }
        return !whole;
    }

    /** How many rules each chain of ours should have; what the owner's chain has is the owner's. */
    private Map<String, Long> rules() {
        NftTransaction never = nftables.transaction(table);
        new TableRules(never, inputPolicy).write(new ArrayList<>(networks.values()));
        var rules = new HashMap<>(never.rules());
        rules.keySet().removeIf(OwnerChain::owns);
        return rules;
    }

    /** Whether the host's input policy is asked, for which the table names the networks in more places. */
    private boolean policed() {
        return inputPolicy != null;
    }

    private Map<String, List<NftElement>> elements(Collection<Attachment> attachments) {
        return RoutedElements.with(attachments, networks);
    }

    /** Notes an attachment of an earlier engine; its rules are made by {@link #install}. */
    synchronized void adopt(Attachment attachment) {
        if (!elements(List.of(attachment)).isEmpty()) {
            published.put(attachment.endpointId(), attachment);
            current = false;
        }
    }

    synchronized void publish(Attachment attachment) {
        Map<String, List<NftElement>> elements = elements(List.of(attachment));
        if (elements.isEmpty()) {
            return;
        }
        published.put(attachment.endpointId(), attachment);
        try {
            if (current) {
                NftTransaction change = nftables.transaction(table);
                elements.forEach(change::addElements);
                commitOrInstall(change);
            } else {
                install();
            }
        } catch (RuntimeException failure) {
            published.remove(attachment.endpointId());
            throw failure;
        }
    }

    synchronized void withdraw(Attachment attachment) {
        Attachment known = published.remove(attachment.endpointId());
        if (known == null) {
            return;
        }
        if (current) {
            NftTransaction change = nftables.transaction(table);
            Map<String, List<NftElement>> elements = elements(List.of(known));
            if (elements.containsKey(OwnerChain.RELAYED.name())) {
                List<NftElement> others =
                        elements(published.values()).getOrDefault(OwnerChain.RELAYED.name(), List.of());
                elements.get(OwnerChain.RELAYED.name()).removeAll(new HashSet<>(others));
            }
            elements.forEach(change::removeElements);
            commitOrInstall(change);
        } else if (!networks.isEmpty()) {
            install();
        }
    }

    /** Changes the ports of an attachment, at once. */
    synchronized void change(Attachment before, Attachment now) {
        published.remove(before.endpointId());
        if (!now.ports().isEmpty()) {
            published.put(now.endpointId(), now);
        }
        try {
            install();
        } catch (RuntimeException failure) {
            published.remove(now.endpointId());
            if (!before.ports().isEmpty()) {
                published.put(before.endpointId(), before);
            }
            throw failure;
        }
    }

    /** Makes the table hold exactly what this object does. */
    synchronized void install() {
        if (!on) {
            return;
        }
        NftTransaction change = nftables.transaction(table).table();
        clear(change);
        new TableRules(change, inputPolicy).write(new ArrayList<>(networks.values()));
        elements(published.values()).forEach(change::addElements);
        change.commit();
        current = true;
    }

    /** Removes ours; the owner's chain keeps the table. */
    private void uninstall() {
        NftTransaction change = nftables.transaction(table).table();
        boolean owned =
                nftables.rules().stream().anyMatch(rule -> rule.table().equals(table) && OwnerChain.owns(rule.chain()));
        if (owned) {
            clear(change);
        } else {
            change.deleteTable();
        }
        if (inputPolicy != null) {
            inputPolicy.remove(change);
        }
        change.commit();
        if (inputPolicy != null) {
            inputPolicy.removeLoop();
        }
        current = false;
    }

    /** Rules first, then sets, which send to chains, then chains. */
    private void clear(NftTransaction change) {
        List<String> chains = nftables.chains(table).stream()
                .filter(chain -> !OwnerChain.owns(chain))
                .toList();
        chains.forEach(change::flushChain);
        nftables.sets(table).stream().filter(set -> !OwnerChain.owns(set)).forEach(change::deleteSet);
        chains.forEach(change::deleteChain);
    }

    /** Who reaches the ports of an attachment, by all rules that the kernel has now. */
    Map<PublishedPort, List<PortCaller>> explain(NetworkSpec network, Attachment attachment) {
        FirewallMode mode = !on ? FirewallMode.OFF : policed() ? FirewallMode.HOST : FirewallMode.DIRECT;
        var explanation = new PortExplanation(
                new RuleWalk(nftables.chains(), nftables.rules(), new SetContents(nftables::set)),
                network,
                attachment,
                table,
                mode);
        var all = new LinkedHashMap<PublishedPort, List<PortCaller>>();
        attachment.ports().forEach(port -> all.put(port, explanation.of(port)));
        return all;
    }

    /** An accept of ours does not overrule another table's drop, and other tables are not ours to change. */
    List<String> warnings() {
        return nftables.forwardDroppers().stream()
                .map(chain -> "the firewall chain \"" + chain
                        + "\" drops what it does not accept: containers reach other hosts, and are reached, only as far"
                        + " as it lets them")
                .toList();
    }

    private void commitOrInstall(NftTransaction change) {
        try {
            change.commit();
        } catch (LinuxException changedByOthers) {
            LOG.log(System.Logger.Level.WARNING, "the table {0} was changed from outside; making it anew", table);
            install();
        }
    }

    @Override
    public void close() {
        nftables.close();
    }
}
