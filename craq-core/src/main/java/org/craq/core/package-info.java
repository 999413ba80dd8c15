/**
 * The protocol: pure Java without clock, thread, socket, file or randomness. Events go in, effects come out.
 *
 * <p>{@code chain} says what a chain looks like and how it changes, {@code replica} how one member behaves,
 * {@code file} what a file's name and a version's content are.
 */
package org.craq.core;
