import type { ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface DialogBoxProps {
  readonly title: string;
  readonly onClose: () => void;
  /** What it shows is shown once: a click beside it does not end it. */
  readonly isPrecious?: boolean;
  readonly children: ReactNode;
}

/** A dialog over the page: Escape, Close and a click beside it end it, and the focus goes back to where it came from. */
export function DialogBox({ title, onClose, isPrecious = false, children }: DialogBoxProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable={!isPrecious}
      onOpenChange={(open) => !open && onClose()}
      className="overlay"
    >
      <Modal className="modal">
        <Dialog className="dialog">
          <header>
            <Heading slot="title">{title}</Heading>
            <Button className="icon" aria-label="Close" onPress={onClose}>
              ✕
            </Button>
          </header>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
