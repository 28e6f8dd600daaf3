package dev.naru.build;

import dev.naru.image.Attestation;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** A file tree's software as an SPDX 2.3 document. The same tree makes the same bytes. */
public final class SoftwareBill {
    static final String TYPE = "https://spdx.dev/Document";
    private static final Pattern EXPRESSION = Pattern.compile("[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*");

    private SoftwareBill() {}

    /**
     * Reads a tree.
     *
     * @param name of the document: the image's, or {@code sbom}
     * @param created seconds since 1970
     */
    public static Attestation of(ReadableTree tree, String name, long created) throws IOException {
        return of(tree, name, "sbom", created);
    }

    /**
     * The same of a tree besides the result.
     *
     * @param part what its file is called
     */
    public static Attestation of(ReadableTree tree, String name, String part, long created) throws IOException {
        var files = new SoftwareFiles(tree);
        Set<SoftwarePackage> found = files.find();
        List<Object> packages = new ArrayList<>();
        List<Object> relations = new ArrayList<>();
        packages.add(root(name, files.distribution()));
        relations.add(relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-DocumentRoot"));
        for (SoftwarePackage each : found) {
            String url = each.url(files.distribution());
            String id = "SPDXRef-Package-" + each.type() + "-"
                    + Digest.of(url + "\n" + each.place()).toString().substring("sha256:".length(), 23);
            packages.add(described(each, id, url));
            relations.add(relation("SPDXRef-DocumentRoot", "CONTAINS", id));
        }
        String body = JsonText.of(List.of(packages, relations));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("spdxVersion", "SPDX-2.3");
        document.put("dataLicense", "CC0-1.0");
        document.put("SPDXID", "SPDXRef-DOCUMENT");
        document.put("name", name);
        document.put(
                "documentNamespace",
                "https://naru.dev/spdx/"
                        + Digest.of(name + "\n" + body).toString().substring("sha256:".length()));
        document.put(
                "creationInfo",
                Map.of("created", Instant.ofEpochSecond(created).toString(), "creators", List.of("Tool: naru")));
        document.put("packages", packages);
        document.put("relationships", relations);
        return new Attestation(TYPE, JsonText.of(sorted(document)), part + ".spdx.json");
    }

    /** The one map without order of its own. */
    private static Map<String, Object> sorted(Map<String, Object> document) {
        document.computeIfPresent("creationInfo", (key, value) -> new java.util.TreeMap<>((Map<?, ?>) value));
        return document;
    }

    private static Map<String, Object> root(String name, String distribution) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("SPDXID", "SPDXRef-DocumentRoot");
        root.put("name", name);
        if (!distribution.isEmpty()) {
            root.put("comment", "distribution: " + distribution);
        }
        root.put("downloadLocation", "NOASSERTION");
        root.put("filesAnalyzed", false);
        root.put("primaryPackagePurpose", "CONTAINER");
        root.put("licenseConcluded", "NOASSERTION");
        root.put("licenseDeclared", "NOASSERTION");
        root.put("copyrightText", "NOASSERTION");
        return root;
    }

    private static Map<String, Object> described(SoftwarePackage found, String id, String url) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("SPDXID", id);
        fields.put(
                "name",
                found.namespace().isEmpty()
                                || found.type().equals("deb")
                                || found.type().equals("apk")
                        ? found.name()
                        : found.namespace() + (found.type().equals("maven") ? ":" : "/") + found.name());
        if (!found.version().isEmpty()) {
            fields.put("versionInfo", found.version());
        }
        fields.put("downloadLocation", "NOASSERTION");
        fields.put("filesAnalyzed", false);
        fields.put("sourceInfo", "found in /" + found.place());
        fields.put("licenseConcluded", "NOASSERTION");
        fields.put("licenseDeclared", EXPRESSION.matcher(found.licence()).matches() ? found.licence() : "NOASSERTION");
        fields.put("copyrightText", "NOASSERTION");
        Map<String, Object> reference = new LinkedHashMap<>();
        reference.put("referenceCategory", "PACKAGE-MANAGER");
        reference.put("referenceType", "purl");
        reference.put("referenceLocator", url);
        fields.put("externalRefs", List.of(reference));
        return fields;
    }

    private static Map<String, Object> relation(String from, String type, String to) {
        Map<String, Object> relation = new LinkedHashMap<>();
        relation.put("spdxElementId", from);
        relation.put("relationshipType", type);
        relation.put("relatedSpdxElement", to);
        return relation;
    }
}
