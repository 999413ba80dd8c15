package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.WriteId;
import org.junit.jupiter.api.Test;

class FingerprintsTest {
    private static final FileName A = new FileName("a");
    private static final FileName B = new FileName("b");
    private static final Version OLD = new Version(new Epoch(1), new Seq(2));
    private static final Labels TEXT = new Labels("text/plain", Map.of("by", "me"));

    private static NewFile file(FileName name, Labels labels, Condition... conditions) {
        return new NewFile(name, new WriteId(UUID.randomUUID()), labels, Content.MAX_CHUNK_SIZE, List.of(conditions));
    }

    private static Content content(long length, int crc32c) {
        return new Content(new ContentId(UUID.randomUUID()), Content.MAX_CHUNK_SIZE, length, crc32c);
    }

    private static Fingerprint put(NewFile file) {
        return Fingerprints.put(file, content(10, 7));
    }

    private static Step.Copy copy(Optional<Version> version, Optional<Labels> labels, boolean removes) {
        return new Step.Copy(B, version, A, labels, removes, List.of());
    }

    @Test
    void whatIsRepeatedHasTheSameHoweverItsBytesCome() {
        Map<String, String> one = new LinkedHashMap<>();
        one.put("x", "1");
        one.put("y", "2");
        Map<String, String> other = new LinkedHashMap<>();
        other.put("y", "2");
        other.put("x", "1");
        Content small = new Content(new ContentId(UUID.randomUUID()), Content.MIN_CHUNK_SIZE, 10, 7);
        NewFile again = new NewFile(
                A, new WriteId(UUID.randomUUID()), new Labels("", other), Content.MIN_CHUNK_SIZE, List.of());
        assertThat(Fingerprints.put(again, small)).isEqualTo(put(file(A, new Labels("", one))));
    }

    @Test
    void everythingThatARequestAsksForTellsItFromOthers() {
        List<Fingerprint> all = new ArrayList<>(List.of(
                put(file(A, TEXT)),
                put(file(B, TEXT)),
                put(file(A, new Labels("text/html", Map.of("by", "me")))),
                put(file(A, new Labels("text/plain", Map.of("by", "you")))),
                put(file(A, new Labels("text/plain", Map.of()))),
                put(file(A, TEXT, new Condition.IsAbsent(A))),
                put(file(A, TEXT, new Condition.Exists(A))),
                put(file(A, TEXT, new Condition.IsVersion(A, OLD))),
                put(file(A, TEXT, new Condition.IsVersion(A, new Version(new Epoch(1), new Seq(3))))),
                Fingerprints.put(file(A, TEXT), content(11, 7)),
                Fingerprints.put(file(A, TEXT), content(10, 8)),
                Fingerprints.append(file(A, TEXT), content(10, 7)),
                Fingerprints.upload(file(A, TEXT), 10, 7)));
        all.addAll(List.of(
                Fingerprints.delete(A, List.of()),
                Fingerprints.delete(B, List.of()),
                Fingerprints.delete(A, List.of(new Condition.IsVersion(A, OLD))),
                Fingerprints.delete(A, List.of(new Condition.IsOneOf(A, Set.of(OLD)))),
                Fingerprints.delete(A, List.of(new Condition.IsNoneOf(A, Set.of(OLD)))),
                Fingerprints.delete(A, List.of(new Condition.UnmodifiedSince(A, 1))),
                Fingerprints.delete(A, List.of(new Condition.UnmodifiedSince(A, 2))),
                Fingerprints.deleteVersion(A, OLD, List.of(new Condition.IsVersion(A, OLD))),
                Fingerprints.deleteVersion(A, OLD, List.of()),
                Fingerprints.deleteVersion(A, new Version(new Epoch(2), new Seq(2)), List.of()),
                Fingerprints.change(List.of(copy(Optional.empty(), Optional.empty(), false))),
                Fingerprints.change(List.of(copy(Optional.empty(), Optional.empty(), true))),
                Fingerprints.change(List.of(copy(Optional.of(OLD), Optional.empty(), false))),
                Fingerprints.change(List.of(copy(Optional.empty(), Optional.of(TEXT), false))),
                Fingerprints.change(List.of(copy(Optional.empty(), Optional.of(new Labels("", Map.of())), false)))));
        Step delete = new Step.Delete(A, List.of());
        Step check = new Step.Check(B, List.of(new Condition.Exists(B)));
        all.addAll(List.of(
                Fingerprints.change(List.of(delete)),
                Fingerprints.change(List.of(new Step.Delete(A, List.of(new Condition.Exists(A))))),
                Fingerprints.change(List.of(delete, check)),
                Fingerprints.change(List.of(check, delete)),
                Fingerprints.change(List.of(delete, new Step.Check(B, List.of(new Condition.IsAbsent(B)))))));
        Set<Fingerprint> different = new HashSet<>(all);
        assertThat(all).hasSameSizeAs(different);
    }

    @Test
    void textsThatMeetAreNotMistakenForEachOther() {
        Fingerprint one = put(file(A, new Labels("", Map.of("ab", "c"))));
        assertThat(one).isNotEqualTo(put(file(A, new Labels("", Map.of("a", "bc")))));
        assertThat(Fingerprints.change(Collections.nCopies(2, new Step.Delete(A, List.of()))))
                .isNotEqualTo(Fingerprints.change(List.of(new Step.Delete(A, List.of()))));
    }

    /** Fingerprints are stored in databases; if a new build computed them differently, it would refuse repeated requests. */
    @Test
    void theyStayWhatTheyHaveBeen() {
        NewFile file = file(A, TEXT, new Condition.IsVersion(A, OLD));
        assertThat(Fingerprints.put(file, content(10, 0xCAFEBABE))).hasToString("6b7590963eb9a9a7");
        assertThat(Fingerprints.append(file(A, TEXT), content(10, 7))).hasToString("064e8bc4a1b87886");
        assertThat(Fingerprints.delete(A, List.of(new Condition.Exists(A)))).hasToString("eb617d6bdaba7b16");
        assertThat(Fingerprints.deleteVersion(A, OLD, List.of())).hasToString("f015ab112220411a");
        Version other = new Version(new Epoch(10), new Seq(2));
        assertThat(new Condition.IsOneOf(A, Set.of(other, OLD)).words()).isEqualTo("one of [" + OLD + ", 10-2]");
        assertThat(Fingerprints.change(List.of(
                        copy(Optional.of(OLD), Optional.of(TEXT), true),
                        new Step.Check(B, List.of(new Condition.IsAbsent(B))))))
                .hasToString("e6249b48091acb92");
        assertThat(Fingerprints.upload(file, 10, 7)).hasToString("6619f19a781923f6");
    }
}
