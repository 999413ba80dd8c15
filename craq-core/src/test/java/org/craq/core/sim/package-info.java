/**
 * A deterministic simulation of whole clusters: every run follows from one seed.
 *
 * <p>{@code World} is one run. {@code SimNode} is a machine with its {@code Disk} and its clock, {@code SimMember} one life of
 * the process on it: a real {@code Replica} and a model of its driver ({@code DiskWriter}, {@code Neighbours},
 * {@code Requests}). {@code SimManager} asks the real {@code ChainPlanner}. {@code SimClient} reads and writes,
 * {@code Nemesis} makes trouble. {@code MarkWatch}, {@code Invariants} and {@code Ledger} look on after every event,
 * {@code HistoryChecker} judges in the end what the clients were told.
 *
 * <p>Each {@code Flaw} is a wrong driver or manager that must be found out.
 */
package org.craq.core.sim;
