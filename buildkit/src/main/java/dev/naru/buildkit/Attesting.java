package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.Provenance;
import dev.naru.build.SoftwareBill;
import dev.naru.build.SoftwareScan;
import dev.naru.build.Vertex;
import dev.naru.image.Attestation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says about the results of a build what its client wants said. */
final class Attesting {
    private final Build build;
    private final Attestations wanted;

    Attesting(Build build, Attestations wanted) {
        this.build = requireNonNull(build, "build");
        this.wanted = requireNonNull(wanted, "wanted");
    }

    List<Exports.Solved> of(List<Exports.Solved> solved) throws InterruptedException {
        List<Exports.Solved> all = new ArrayList<>();
        for (Exports.Solved each : solved) {
            all.add(new Exports.Solved(each.name(), each.tree(), each.chain(), each.result(), said(each)));
        }
        return all;
    }

    private List<Attestation> said(Exports.Solved solved) throws InterruptedException {
        List<Attestation> all = new ArrayList<>();
        Vertex.Input root = solved.result().root();
        SoftwareScan scan = wanted.scan();
        if (wanted.bill() && scan != null) {
            all.addAll(build.work()
                    .visit(scan.of(root, build.tree(solved.tree()).scanned(), build.sources()), scan::read));
        } else if (wanted.bill()) {
            all.addAll(listed(root, build.tree(solved.tree()).scanned()));
        }
        Provenance.Order order = wanted.provenance();
        if (order != null) {
            all.add(new Provenance(order, build.invocation()).of(root, build.sources()));
        }
        return all;
    }

    private List<Attestation> listed(Vertex.@Nullable Input root, Map<String, Vertex.Input> more)
            throws InterruptedException {
        List<Attestation> all = new ArrayList<>();
        long created = build.session().newest();
        if (root != null) {
            all.add(build.work().visit(root, tree -> SoftwareBill.of(tree, name(), created)));
        }
        for (Map.Entry<String, Vertex.Input> each : more.entrySet()) {
            String part = "sbom-" + each.getKey();
            all.add(build.work()
                    .visit(
                            each.getValue(),
                            tree -> SoftwareBill.of(tree, name() + "-" + each.getKey(), part, created)));
        }
        return all;
    }

    private String name() {
        for (Exports.Export each : build.origin().exports()) {
            String names = each.attributes().getOrDefault("name", "");
            if (!names.isEmpty()) {
                return names.split(",", -1)[0];
            }
        }
        return "sbom";
    }
}
