package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The servers and users that have a certificate in a folder. */
record Roster(Path folder) {
    private static final String USERS = "users";

    /** Returns their ids, servers first. */
    List<String> ids() throws IOException {
        List<String> ids = new ArrayList<>(with(folder, Role.NODE));
        if (Files.isDirectory(folder.resolve(USERS))) {
            with(folder.resolve(USERS), Role.USER).forEach(name -> ids.add(USERS + "/" + name));
        }
        return ids;
    }

    private static List<String> with(Path parent, Role role) throws IOException {
        try (Stream<Path> folders = Files.list(parent)) {
            return folders.filter(
                            each -> Files.exists(HolderFiles.of(each, role).certificate()))
                    .map(each -> each.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /** Returns the files that belong to an id. */
    HolderFiles files(String id) throws IOException {
        Role role = id.startsWith(USERS + "/") ? Role.USER : Role.NODE;
        HolderFiles files = HolderFiles.of(folder.resolve(id), role);
        if (!Files.exists(files.certificate())) {
            List<String> known = Files.isDirectory(folder) ? ids() : List.of();
            throw new NoSuchFileException(
                    files.certificate().toString(),
                    null,
                    "does not exist. "
                            + (known.isEmpty()
                                    ? "There are no certificates"
                                    : "Known are " + String.join(", ", known)));
        }
        return files;
    }

    X509Certificate certificate(String id) throws IOException {
        return Pem.certificates(files(id).certificate()).get(0);
    }

    /** Returns whom a certificate was made for. */
    Holder holder(String id, ClusterName cluster) throws IOException {
        Path file = files(id).certificate();
        AlternativeNames names = AlternativeNames.of(certificate(id));
        Identity identity = names.identity()
                .orElseThrow(() -> problem(file, "has no identity such as spiffe://craq/CLUSTER/node/ID"));
        if (!identity.cluster().equals(cluster)) {
            throw problem(file, "belongs to the cluster " + identity.cluster() + ", and this CA to " + cluster);
        }
        try {
            Holder holder = new Holder(
                    identity.role(),
                    identity.name(),
                    names.hosts().stream().map(Host::of).toList());
            if (!holder.id().equals(id)) {
                throw problem(file, "is the certificate of " + holder.id());
            }
            return holder;
        } catch (IllegalArgumentException e) {
            throw problem(file, "can't be renewed: " + e.getMessage());
        }
    }

    private static FileSystemException problem(Path file, String reason) {
        return new FileSystemException(file.toString(), null, reason);
    }
}
