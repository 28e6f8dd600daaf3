package dev.naru.engine;

import dev.naru.network.Attachment;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The variables that tell a container of the containers it is linked to, as {@code --link} has always set them. */
final class LinkEnvironment {
    private LinkEnvironment() {}

    /**
     * Adds them.
     *
     * @param variables where they are put
     */
    static void add(Map<String, String> variables, ContainerRecord container, ContainerRegistry containers) {
        for (String text : Values.list(container.hostConfig().links())) {
            Link link = Link.parse(text);
            containers.find(link.container()).ifPresent(other -> add(variables, container, link, other));
        }
    }

    private static void add(Map<String, String> variables, ContainerRecord container, Link link, Container other) {
        String prefix = link.alias().replace('-', '_').toUpperCase(Locale.ROOT);
        variables.put(prefix + "_NAME", "/" + container.name() + "/" + link.alias());
        List<Attachment> attachments = other.status().attachments();
        if (!attachments.isEmpty()) {
            ports(variables, prefix, attachments.getFirst().address(), other.record());
        }
        for (String variable : Values.list(other.record().config().env())) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            if (equals >= 0 && !name.equals("HOME") && !name.equals("PATH")) {
                variables.put(prefix + "_ENV_" + name, variable.substring(equals + 1));
            }
        }
    }

    private static void ports(Map<String, String> variables, String prefix, String address, ContainerRecord other) {
        var exposed = new TreeSet<PortSpecs.Ports>(
                java.util.Comparator.comparingInt(PortSpecs.Ports::first).thenComparing(PortSpecs.Ports::protocol));
        Values.map(other.config().exposedPorts()).keySet().forEach(port -> exposed.add(PortSpecs.parse(port)));
        boolean first = true;
        for (PortSpecs.Ports port : exposed) {
            String url = port.protocol() + "://" + address + ":" + port.first();
            String name =
                    prefix + "_PORT_" + port.first() + "_" + port.protocol().toUpperCase(Locale.ROOT);
            if (first) {
                variables.put(prefix + "_PORT", url);
                first = false;
            }
            variables.put(name, url);
            variables.put(name + "_ADDR", address);
            variables.put(name + "_PORT", Integer.toString(port.first()));
            variables.put(name + "_PROTO", port.protocol());
        }
    }
}
