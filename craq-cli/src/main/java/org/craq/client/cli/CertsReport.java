package org.craq.client.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.craq.client.certs.CertificateFolder;
import org.craq.client.certs.CertificateReport;
import org.craq.client.certs.Holder;
import org.craq.client.certs.Host;
import org.craq.client.certs.Issued;

/** Prints what {@code craq certs} has made and what comes next, for people or, without the latter, as JSON. */
final class CertsReport {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneOffset.UTC);

    /** Where a server's files might be. */
    private static final Path ON_SERVER = Path.of("/etc/craq");

    private final PrintWriter out;
    private final boolean json;

    CertsReport(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    private void say(String... lines) {
        if (!json) {
            for (String line : lines) {
                out.println(Printable.line(line));
            }
        }
    }

    private void answer(Map<String, Object> fields) {
        if (json) {
            out.println(Json.text(fields));
        }
    }

    void authority(CertificateFolder folder) throws IOException {
        Instant until = folder.authorityUntil();
        say("CA of cluster " + folder.cluster() + ": " + folder.trusted() + ", valid until " + DAY.format(until));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("cluster", folder.cluster().value());
        fields.put("certificate", folder.trusted().toString());
        fields.put("key", folder.authorityKey().toString());
        fields.put("until", until.toString());
        answer(fields);
    }

    void issued(List<Issued> all) {
        for (Issued each : all) {
            Holder holder = each.holder();
            List<String> hosts = holder.hosts().stream().map(Host::text).toList();
            say(holder.role().word() + " " + holder.name() + ": " + each.certificate() + ", valid until "
                    + DAY.format(each.until()) + (hosts.isEmpty() ? "" : ", for " + String.join(", ", hosts)));
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("identity", each.identity().uri());
            fields.put("names", hosts);
            fields.put("certificate", each.certificate().toString());
            fields.put("key", each.key().toString());
            fields.put("until", each.until().toString());
            answer(fields);
        }
    }

    void adminKey(Path file, String id) {
        say("access key of an administrator: " + file + ". Give it to each manager, and name it there:");
        setting("craq.admin.key.file", "CRAQ_ADMIN_KEY_FILE", ON_SERVER.resolve("admin.key"));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("accessKey", id);
        fields.put("file", file.toString());
        answer(fields);
    }

    void afterInit(CertificateFolder folder, List<Holder> servers) {
        say(
                "",
                "Keep " + folder.authorityKey() + " secret: whoever has it can make certificates for anybody. No server"
                        + " needs it.");
        if (!servers.isEmpty()) {
            String first = servers.get(0).id();
            say("Next, give each server its own files, for example with 'craq certs export " + first + " --to " + first
                    + ".tar', and these settings:");
            settings(ON_SERVER, ON_SERVER);
        }
        say("To add servers and users: craq certs node ID HOST, craq certs manager ID HOST, craq certs user NAME.");
    }

    void afterServer(CertificateFolder folder, Holder server) {
        Path own = folder.trusted().resolveSibling(server.id()).toAbsolutePath();
        say(
                "",
                "Next, on this machine, start " + server.name() + " with these settings; for another machine, pack the"
                        + " files with",
                "'craq certs export " + server.id() + " --to " + server.name()
                        + ".tar', and let the settings name them there:");
        settings(own, folder.trusted().toAbsolutePath().getParent());
    }

    private void settings(Path own, Path shared) {
        setting("craq.tls.certificate", "CRAQ_TLS_CERTIFICATE", own.resolve("node.crt"));
        setting("craq.tls.key", "CRAQ_TLS_KEY", own.resolve("node.key"));
        setting("craq.tls.ca", "CRAQ_TLS_CA", shared.resolve("ca.crt"));
        say("They are system properties, or these environment variables. The server's HTTPS uses node.p12, whose"
                + " password is in node.p12.password.");
    }

    private void setting(String property, String variable, Path file) {
        say(String.format("  %-20s  %-20s  %s", property, variable, file));
    }

    void afterUser(CertificateFolder folder, Holder user) {
        say(
                "",
                "Next, give " + user.name() + " the files user.crt and user.key, and ca.crt, by which the servers are"
                        + " recognized:",
                "craq certs export " + user.id() + " --to " + user.name() + ".tar",
                "The key is a secret like a password. Before the certificate expires: craq certs renew " + user.id());
    }

    void afterRenewal() {
        say(
                "",
                "Next, give the new files to the servers and users, for example with 'craq certs export'. The previous"
                        + " certificates stay valid until they expire.");
    }

    void duringReplacement(CertificateFolder folder) {
        say(
                "",
                folder.trusted() + " now holds the new CA and the old one; certificates of both are valid. Next:",
                "  1. Give this ca.crt to every server and user.",
                "  2. Then 'craq certs renew --all', and give the new certificates and keys to their servers and users.",
                "  3. Then 'craq certs renew --authority --finish', and give everybody the ca.crt without the old CA.",
                "'craq certs show' tells which certificates the old CA has signed.");
    }

    void afterReplacement(CertificateFolder folder) {
        say(
                "",
                "Next, give " + folder.trusted()
                        + " to every server and user. Where it has arrived, certificates of the"
                        + " old CA are worthless.");
    }

    void exported(String id, Path target, boolean archive) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("target", target.toString());
        answer(fields);
        say(id + ": " + target);
        say("It holds a private key: move it by a safe way, and delete copies that are not needed."
                + (archive
                        ? " Unpack it there with 'tar -xpf " + target.getFileName()
                                + "', as the user who runs the server."
                        : ""));
        if (!id.startsWith("users/")) {
            say("Settings of the server, if the files are in " + ON_SERVER + ":");
            settings(ON_SERVER, ON_SERVER);
        }
    }

    void table(List<CertificateReport> reports) {
        int[] widths = {4, 8, 5};
        for (CertificateReport each : reports) {
            widths[0] = Math.max(widths[0], each.file().toString().length());
            widths[1] = Math.max(widths[1], each.identity().length());
            widths[2] = Math.max(widths[2], String.join(", ", each.names()).length());
        }
        String form = "%-" + widths[0] + "s  %-" + widths[1] + "s  %-" + widths[2] + "s  %-24s  %s";
        say(String.format(form, "file", "identity", "names", "valid until", "issuer"));
        for (CertificateReport each : reports) {
            String until = each.until()
                    .map(end -> DAY.format(end.end()) + " (" + end.daysLeft() + " days)")
                    .orElse("");
            say(String.format(
                    form, each.file(), each.identity(), String.join(", ", each.names()), until, each.issuer()));
            each.problems().forEach(problem -> say("  problem: " + problem));
            answer(fields(each));
        }
    }

    private static Map<String, Object> fields(CertificateReport report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", report.file().toString());
        fields.put("identity", report.identity());
        fields.put("names", report.names());
        report.until().ifPresent(until -> {
            fields.put("until", until.end().toString());
            fields.put("daysLeft", until.daysLeft());
        });
        fields.put("issuer", report.issuer());
        fields.put("problems", report.problems());
        return fields;
    }
}
