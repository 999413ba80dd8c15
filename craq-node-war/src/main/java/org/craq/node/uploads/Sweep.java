package org.craq.node.uploads;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.craq.core.file.FileName;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.CraqException;

/** Looks through all uploads for what may go: those that are too old, and parts that a former sweep or a deletion has left. */
final class Sweep {
    private static final Logger LOG = System.getLogger(Sweep.class.getName());

    private final UploadStore store;
    private final Predicate<UploadState> expired;

    Sweep(UploadStore store, Predicate<UploadState> expired) {
        this.store = store;
        this.expired = expired;
    }

    void run() {
        List<FileRecord> upload = new ArrayList<>();
        store.forEach(UploadId.FOLDER, file -> {
            if (!upload.isEmpty() && !id(upload.get(0)).equals(id(file))) {
                judge(upload);
                upload.clear();
            }
            upload.add(file);
        });
        if (!upload.isEmpty()) {
            judge(upload);
        }
    }

    private static UploadId id(FileRecord file) {
        return UploadId.of(file.name());
    }

    private void judge(List<FileRecord> upload) {
        UploadId id = id(upload.get(0));
        if (!id.isPlan(upload.get(0).name())) {
            store.drop(upload.stream().map(FileRecord::name).toList());
            return;
        }
        UploadState state = UploadState.of(id, upload.get(0), upload.subList(1, upload.size()));
        if (expired.test(state)) {
            letGo(state);
        } else if (state.plan().complete()) {
            store.dropParts(state);
        }
    }

    private void letGo(UploadState state) {
        FileName file = state.plan().file();
        try {
            store.delete(state);
            LOG.log(Level.INFO, "upload {0} of ''{1}'' has expired", state.id(), file);
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "upload " + state.id() + " is left for the next sweep", e);
        }
    }
}
