/**
 * The client library of the replicated file store. {@link org.craq.client.CraqClient} is the entry point, {@link
 * org.craq.client.AsyncCraqClient} its non-blocking form; both are thread-safe. The other types are mostly the values that they take
 * and return. These are immutable, except {@link org.craq.client.Transaction}, which belongs to one thread.
 *
 * <pre>{@code
 * try (CraqClient client = CraqClient.builder().manager("127.0.0.1:9005").build()) {
 *     byte[] text = "first draft".getBytes(StandardCharsets.UTF_8);
 *     Receipt receipt = client.put("notes/today", new ByteArrayInputStream(text));
 *     System.out.println("version " + receipt.version() + " is durable on " + receipt.members());
 *
 *     // Replaces the note, unless somebody else has changed it in the meantime.
 *     PutOptions ifUnchanged = PutOptions.defaults().ifVersion(receipt.version());
 *     client.put("notes/today", Path.of("2026.pdf"), ifUnchanged);
 *
 *     ByteArrayOutputStream content = new ByteArrayOutputStream();
 *     FileInfo read = client.get("notes/today", content);
 *     System.out.println(read.length() + " bytes from " + read.answered().node());
 * } catch (org.craq.wire.CraqException e) {
 *     System.out.println(e.code() + ": " + e.getMessage() + "; " + e.code().advice().text());
 * }
 * }</pre>
 *
 * <p>Lengths and offsets are in bytes, times are of {@code java.time}. Options are immutable and can be shared. Listeners given to
 * options are called on the thread that performs the operation. Types of {@code org.craq.client.internal} are not for programs.
 *
 * <p>The client asks a manager for the members of the chain, sends writes to the head and spreads reads over all members. It streams
 * content in both directions in bounded memory, verifies it by CRC32C, and retries what can be retried. Failures of the store are
 * reported as a {@link org.craq.wire.CraqException}, whose {@link org.craq.wire.ErrorCode} says what to do next.
 */
package org.craq.client;
