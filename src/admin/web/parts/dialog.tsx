import type { ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface DialogBoxProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Whether a click beside it ends it; not where it shows what is shown once. */
  readonly isDismissable?: boolean;
  readonly children: ReactNode;
}

/** A dialog over the page: Escape, Close and a click beside it end it, and the focus goes back to where it came from. */
export function DialogBox({ title, onClose, isDismissable = true, children }: DialogBoxProps) {
  return (
    <ModalOverlay
      isOpen
      isDismissable={isDismissable}
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
