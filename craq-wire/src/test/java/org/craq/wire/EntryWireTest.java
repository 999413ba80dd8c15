package org.craq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.Entry;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.junit.jupiter.api.Test;

class EntryWireTest {
    private static final WriteId ID = new WriteId(UUID.randomUUID());
    private static final List<Operation> OPERATIONS = List.of(
            new Operation.Put(
                    new FileName("a"),
                    ID,
                    new Content(new ContentId(UUID.randomUUID()), 4096, 10_000, 7),
                    "text/plain",
                    Map.of("by", "me")),
            new Operation.Delete(new FileName("b"), ID));

    private static Entry entry(Optional<Fingerprint> request) {
        return new Entry(new Epoch(1), new Seq(2), OPERATIONS, 3, request);
    }

    @Test
    void entriesComeOverTheWireAsTheyWere() {
        for (Entry entry : List.of(
                entry(Optional.of(new Fingerprint(0))),
                entry(Optional.of(new Fingerprint(-1))),
                entry(Optional.empty()))) {
            assertThat(EntryWire.toCore(EntryWire.toWire(entry))).isEqualTo(entry);
        }
    }

    @Test
    void ofAnEntryThatAMemberOfAnOlderBuildHasPassedOnNobodyKnowsWhatWasAskedFor() {
        org.craq.wire.v1.Entry passedOn = EntryWire.toWire(entry(Optional.of(new Fingerprint(1)))).toBuilder()
                .clearRequestFingerprint()
                .build();
        assertThat(EntryWire.toCore(passedOn)).isEqualTo(entry(Optional.empty()));
    }
}
