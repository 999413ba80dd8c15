package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of one server or user in its own folder. */
record HolderFiles(Path folder, String fileStem) {
    static HolderFiles of(Path folder, Role role) {
        return new HolderFiles(folder, role.fileStem());
    }

    /** The certificate, followed by that of its issuer. */
    Path certificate() {
        return folder.resolve(fileStem + ".crt");
    }

    Path key() {
        return folder.resolve(fileStem + ".key");
    }

    KeyStoreFile keyStore() {
        return new KeyStoreFile(folder.resolve(fileStem + ".p12"), folder.resolve(fileStem + ".p12.password"));
    }

    /** Returns those that exist. */
    List<Path> existing() {
        return Stream.of(certificate(), key(), keyStore().file(), keyStore().password())
                .filter(Files::exists)
                .toList();
    }

    void write(Role role, KeyedCertificate content, FileChanges changes) throws IOException {
        PrivateFolder.make(folder);
        changes.secret(key(), Pem.of(content.key()));
        changes.open(certificate(), Pem.of(content.chain()));
        if (role.server()) {
            keyStore().write(content, changes);
        }
    }
}
